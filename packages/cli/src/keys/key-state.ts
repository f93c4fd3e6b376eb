import type { ApiKey } from '@waybill/sdk'
import { printable } from '../files/printable.ts'

/** In a word. A pause is a break of an active key, so that the API calls it both. */
export function keyState({ is_active, is_paused }: Pick<ApiKey, 'is_active' | 'is_paused'>): string {
  if (!is_active) return 'deactivated'
  return is_paused ? 'paused' : 'active'
}

/** In a sentence. */
export function stateText(key: Pick<ApiKey, 'id' | 'key_name' | 'is_active' | 'is_paused'>): string {
  return `${key.id} (${printable(key.key_name)}) is ${keyState(key)}.`
}
