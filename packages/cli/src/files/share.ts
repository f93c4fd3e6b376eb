import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'

interface ShareOptions {
  /** Seconds until the link expires. */
  readonly expires?: number
  readonly maxDownloads?: number
  readonly json?: boolean
}

/** Creates a link to a file and prints its URL, which cannot be shown again. */
export async function share(
  io: CommandIo,
  fileId: string,
  { expires, maxDownloads, json }: ShareOptions,
): Promise<void> {
  const client = await openClient(io)
  const link = await client.files.links.create(fileId, {
    ...(expires === undefined ? {} : { expires_in: expires }),
    ...(maxDownloads === undefined ? {} : { max_downloads: maxDownloads }),
  })
  io.print(json ? JSON.stringify(link) : link.url)
}
