import type { CommandIo } from '../command-io.ts'
import { tableText } from '../table-text.ts'
import { openClient } from './connection.ts'

/** Prints the links of a file, newest first. */
export async function links(
  io: CommandIo,
  fileId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const found = await client.files.links.list(fileId)
  if (json) return io.print(JSON.stringify(found))
  const timeText = (time: string | null) => (time === null ? '' : time.slice(0, 19).replace('T', ' '))
  const rows = found.map(({ id, created_at, expires_at, downloads, max_downloads }) => [
    id,
    timeText(created_at),
    timeText(expires_at),
    max_downloads === null ? String(downloads) : `${downloads} of ${max_downloads}`,
  ])
  io.print(tableText([['ID', 'CREATED (UTC)', 'EXPIRES (UTC)', 'DOWNLOADS'], ...rows]))
}
