import type { Readable } from 'node:stream'
import { type DownloadGrant, verifyDownload } from '../domain/download-token.ts'
import { ServiceError } from '../domain/errors.ts'
import type { File } from '../domain/file.ts'
import type { ByteRange } from '../storage/storage.ts'
import type { Context } from './context.ts'
import { getFile } from './get-file.ts'
import { providerUrl } from './provider-url.ts'

/** Nothing is read, and nobody asked, before the caller does. */
export type Download =
  /** The bytes come through this service. */
  | { readonly kind: 'bytes'; readonly file: File; read(range: ByteRange | null): Promise<Readable> }
  /** They come from the provider's URL, which is good for as long as the one that was asked for. */
  | { readonly kind: 'provider'; readonly file: File; url(): Promise<string> }

/** The file that a download URL grants. Throws TOKEN_INVALID, FILE_NOT_FOUND. */
export async function downloadFile(context: Context, grant: DownloadGrant, token: string): Promise<Download> {
  const { storage, downloadSecret, now } = context
  if (!verifyDownload(downloadSecret, grant, token, now())) {
    throw new ServiceError('TOKEN_INVALID', 'the download URL is not valid, or no longer')
  }
  const file = await getFile(context, grant.organizationId, grant.fileId)
  const { downloads } = storage
  if (downloads !== null) {
    return { kind: 'provider', file, url: () => providerUrl(downloads, file, grant.expiresAtSeconds) }
  }
  const { objectName, generation } = file
  return { kind: 'bytes', file, read: (range) => storage.read(objectName, range ?? undefined, generation) }
}
