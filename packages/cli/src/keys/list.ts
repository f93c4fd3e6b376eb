import type { ApiKey } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { keyTable } from './key-table.ts'
import { OPERATOR_ALTERNATIVE } from './operator-alternative.ts'

/** Prints the keys, newest first. */
export async function list(io: CommandIo, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient(io, { alternative: OPERATOR_ALTERNATIVE })
  const keys: ApiKey[] = []
  for await (const key of client.apiKeys.list({ page_size: 100 })) keys.push(key)
  io.print(json ? JSON.stringify(keys) : keyTable(keys))
}
