import type { WaybillFile } from '@waybill/sdk'
import { formatByteSize } from '../byte-size.ts'
import type { CommandIo } from '../command-io.ts'
import { tableText } from '../table-text.ts'
import { openClient } from './connection.ts'
import { printable } from './printable.ts'

export interface ListCommandOptions {
  readonly limit?: number
  readonly json?: boolean
}

/** Prints the files, newest first. */
export async function list(
  io: CommandIo,
  { limit = Number.POSITIVE_INFINITY, json }: ListCommandOptions,
): Promise<void> {
  const client = await openClient(io)
  const files: WaybillFile[] = []
  for await (const file of client.files.list({ limit: Math.min(limit, 100) })) {
    files.push(file)
    if (files.length >= limit) break
  }
  if (json) return io.print(JSON.stringify(files))
  const rows = files.map((file) => [
    file.id,
    formatByteSize(file.file_size),
    file.uploaded_at.slice(0, 19).replace('T', ' '),
    file.mime_type,
    printable(file.original_filename),
  ])
  io.print(tableText([['ID', 'SIZE', 'UPLOADED (UTC)', 'TYPE', 'NAME'], ...rows]))
}
