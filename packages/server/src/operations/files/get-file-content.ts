import { type Caller, keyStampOf } from '../../domain/access/caller.ts'
import { type DownloadGrant, signDownload } from '../../domain/access/download-token.ts'
import type { File } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from './get-file.ts'
import { providerUrl } from './provider-url.ts'

export interface FileContent {
  readonly file: File
  readonly source: DownloadSource
}

/** Parts of a download URL. Both kinds are credentials. */
export type DownloadSource =
  /** URL of this service. */
  | ({ readonly kind: 'here'; readonly token: string } & DownloadGrant)
  /** URL of the provider that stores the bytes. */
  | { readonly kind: 'provider'; readonly url: string }

/** Validity of a download URL. */
export const DOWNLOAD_URL_SECONDS = 60 * 60

/**
 * Returns a download URL that is valid for an hour and is revoked with the caller's key.
 * Throws FILE_NOT_FOUND, STORAGE_UNAVAILABLE.
 */
export const getFileContent = defineOperation(
  { action: 'getFileContent', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'downloadSecret' | 'now'>,
    caller: Caller,
    fileId: string,
  ): Promise<FileContent> => {
    const { storage, downloadSecret, now } = context
    const { organizationId } = caller
    const file = await findFile(context, organizationId, fileId)
    const expiresAtSeconds = Math.floor(now() / 1000) + DOWNLOAD_URL_SECONDS
    if (storage.downloads !== null) {
      const url = await providerUrl(storage.downloads, file, expiresAtSeconds)
      return { file, source: { kind: 'provider', url } }
    }
    const grant = { organizationId, fileId, expiresAtSeconds }
    const token = signDownload(await downloadSecret.read(), grant, keyStampOf(caller))
    return { file, source: { kind: 'here', token, ...grant } }
  },
)
