import type { ApiKey } from '@waybill/sdk'
import { printable } from '../files/printable.ts'

/** Returns the state of a key as one word. In the API, a paused key is still active. */
export function keyState({ is_active, is_paused }: Pick<ApiKey, 'is_active' | 'is_paused'>): string {
  if (!is_active) return 'deactivated'
  return is_paused ? 'paused' : 'active'
}

/** Returns the state of a key as a sentence. */
export function stateText(key: Pick<ApiKey, 'id' | 'key_name' | 'is_active' | 'is_paused'>): string {
  return `${key.id} (${printable(key.key_name)}) is ${keyState(key)}.`
}
