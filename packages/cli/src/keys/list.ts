import type { ApiKey } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { keyTable } from './key-table.ts'
import { OR_OPERATOR } from './or-operator.ts'

/** Newest first. */
export async function list(io: CommandIo, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient(io, { orElse: OR_OPERATOR })
  const keys: ApiKey[] = []
  for await (const key of client.apiKeys.list({ page_size: 100 })) keys.push(key)
  io.print(json ? JSON.stringify(keys) : keyTable(keys))
}
