import type { Readable } from 'node:stream'
import type { Caller } from '../../domain/access/caller.ts'
import type { DownloadGrant } from '../../domain/access/download-token.ts'
import type { File } from '../../domain/files/file.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from './get-file.ts'
import { providerUrl } from './provider-url.ts'

/** File and the source of its bytes. The storage is not accessed before `read` or `url` is called. */
export type Download =
  /** Bytes that this service sends. */
  | { readonly kind: 'bytes'; readonly file: File; read(range: ByteRange | null): Promise<Readable> }
  /** Bytes that the provider sends. Its URL expires together with the requested one. */
  | { readonly kind: 'provider'; readonly file: File; url(range: ByteRange | null): Promise<string> }

/** Returns the file of the caller's download URL. Throws FILE_NOT_FOUND. */
export const downloadFile = defineOperation(
  { action: 'downloadFile', kind: 'read', scope: 'download-url', targetOf: ({ fileId }) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    { fileId, expiresAtSeconds }: Pick<DownloadGrant, 'fileId' | 'expiresAtSeconds'>,
  ): Promise<Download> => {
    const { storage } = context
    const file = await findFile(context, organizationId, fileId)
    const { downloads } = storage
    if (downloads !== null) {
      return { kind: 'provider', file, url: () => providerUrl(downloads, file, expiresAtSeconds) }
    }
    const { objectName, generation } = file
    return { kind: 'bytes', file, read: (range) => storage.read(objectName, range ?? undefined, generation) }
  },
)
