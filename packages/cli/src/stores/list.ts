import type { VectorStore } from '@waybill/sdk'
import { formatByteSize } from '../byte-size.ts'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { printable } from '../files/printable.ts'
import { tableText } from '../table-text.ts'

export interface ListOptions {
  readonly search?: string
  readonly limit?: number
  readonly json?: boolean
}

/** Prints the vector stores, newest first. */
export async function list(
  io: CommandIo,
  { search, limit = Number.POSITIVE_INFINITY, json }: ListOptions,
): Promise<void> {
  const client = await openClient(io)
  const stores: VectorStore[] = []
  const query = { take: Math.min(limit, 100), ...(search === undefined ? {} : { search }) }
  for await (const store of client.vectorStores.list(query)) {
    stores.push(store)
    if (stores.length >= limit) break
  }
  if (json) return io.print(JSON.stringify(stores))
  const rows = stores.map((store) => [
    store.id,
    String(store.file_count),
    formatByteSize(store.data_size),
    store.created_at.slice(0, 19).replace('T', ' '),
    store.is_active ? store.access_mode : 'expired',
    printable(store.name),
  ])
  io.print(tableText([['ID', 'FILES', 'SIZE', 'CREATED (UTC)', 'ACCESS', 'NAME'], ...rows]))
}
