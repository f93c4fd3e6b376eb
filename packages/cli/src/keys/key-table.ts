import type { ApiKey } from '@waybill/sdk'
import { printable } from '../files/printable.ts'
import { tableText } from '../table-text.ts'
import { keyState } from './key-state.ts'

/** Formats keys as a table with one line per key. */
export function keyTable(keys: readonly ApiKey[]): string {
  const rows = keys.map((key) => [
    key.id,
    key.key_prefix,
    keyState(key),
    key.last_used_at ?? 'never',
    key.expires_at ?? 'never',
    key.scopes.join(','),
    printable(key.key_name),
  ])
  return tableText([['ID', 'PREFIX', 'STATE', 'LAST USED', 'EXPIRES', 'SCOPES', 'NAME'], ...rows])
}
