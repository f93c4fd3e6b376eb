import { signDownload } from '../domain/download-token.ts'
import type { File } from '../domain/file.ts'
import type { Context } from './context.ts'
import { getFile } from './get-file.ts'

export interface FileContent {
  readonly file: File
  readonly token: string
  readonly expiresAtSeconds: number
}

const DOWNLOAD_URL_SECONDS = 60 * 60

/** What a download URL of the file is made of; it is good for an hour. Throws FILE_NOT_FOUND. */
export async function getFileContent(
  context: Context,
  organizationId: string,
  fileId: string,
): Promise<FileContent> {
  const file = await getFile(context, organizationId, fileId)
  const expiresAtSeconds = Math.floor(context.now() / 1000) + DOWNLOAD_URL_SECONDS
  const token = signDownload(context.downloadSecret, { organizationId, fileId, expiresAtSeconds })
  return { file, token, expiresAtSeconds }
}
