import type { ApiKey } from '@waybill/sdk'
import { keyTable } from './key-table.ts'

interface CreatedKeys {
  readonly created_keys: readonly ApiKey[]
  readonly created_keys_total: number
}

/** Lists the keys that a revoked key created, which stay valid. Returns an empty text when there are none. */
export function createdKeysText({ created_keys: keys, created_keys_total: total }: CreatedKeys): string {
  if (total === 0) return ''
  const shown = total > keys.length ? `, the newest ${keys.length}` : ''
  return `\nIt created ${total} other ${total === 1 ? 'key' : 'keys'}${shown}. Delete those that should not stay valid:\n${keyTable(keys)}`
}
