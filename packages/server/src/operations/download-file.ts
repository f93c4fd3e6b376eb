import type { Readable } from 'node:stream'
import { type DownloadGrant, verifyDownload } from '../domain/download-token.ts'
import { ServiceError } from '../domain/errors.ts'
import type { File } from '../domain/file.ts'
import type { ByteRange } from '../storage/storage.ts'
import type { Context } from './context.ts'
import { getFile } from './get-file.ts'

export interface Download {
  readonly file: File
  /** Opens the bytes; nothing is read before. */
  read(range: ByteRange | null): Promise<Readable>
}

/** The file that a download URL grants. Throws TOKEN_INVALID, FILE_NOT_FOUND. */
export async function downloadFile(context: Context, grant: DownloadGrant, token: string): Promise<Download> {
  if (!verifyDownload(context.downloadSecret, grant, token, context.now())) {
    throw new ServiceError('TOKEN_INVALID', 'the download URL is not valid, or no longer')
  }
  const file = await getFile(context, grant.organizationId, grant.fileId)
  return { file, read: (range) => context.storage.read(file.objectName, range ?? undefined) }
}
