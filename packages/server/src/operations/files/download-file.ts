import type { Readable } from 'node:stream'
import {
  type DownloadGrant,
  type DownloadToken,
  parseDownloadToken,
  verifyDownload,
} from '../../domain/access/download-token.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { findFile } from './get-file.ts'
import { providerUrl } from './provider-url.ts'

/** File and the source of its bytes. The storage is not accessed before `read` or `url` is called. */
export type Download =
  /** Bytes that this service sends. */
  | { readonly kind: 'bytes'; readonly file: File; read(range: ByteRange | null): Promise<Readable> }
  /** Bytes that the provider sends. Its URL expires together with the requested one. */
  | { readonly kind: 'provider'; readonly file: File; url(): Promise<string> }

/** Maximum age of the secret for the second check of a token: the secret may have been rotated. */
const MISS_MAX_AGE_MS = 100

/**
 * Returns the file of a download URL. Throws TOKEN_INVALID, also for a link that was revoked with its key,
 * ORGANIZATION_ACCESS_DENIED, FILE_NOT_FOUND.
 */
export async function downloadFile(context: Context, grant: DownloadGrant, text: string): Promise<Download> {
  const { storage } = context
  await checkLink(context, grant, parseDownloadToken(text))
  const file = await findFile(context, grant.organizationId, grant.fileId)
  const { downloads } = storage
  if (downloads !== null) {
    return { kind: 'provider', file, url: () => providerUrl(downloads, file, grant.expiresAtSeconds) }
  }
  const { objectName, generation } = file
  return { kind: 'bytes', file, read: (range) => storage.read(objectName, range ?? undefined, generation) }
}

async function checkLink(context: Context, grant: DownloadGrant, token: DownloadToken): Promise<void> {
  const { database, downloadSecret, now } = context
  const isValid =
    verifyDownload(await downloadSecret.read(), grant, token, now()) ||
    verifyDownload(await downloadSecret.read(MISS_MAX_AGE_MS), grant, token, now())
  if (!isValid) throw tokenInvalid()
  const { issuer } = token
  const rules = await database.credentials.findLinkRules(grant.organizationId, issuer?.apiKeyId ?? null)
  if (rules === null || (issuer !== null && issuer.generation < rules.revokedBelow)) throw tokenInvalid()
  if (!rules.isOrganizationActive) throw organizationSuspended()
}

function tokenInvalid(): ServiceError {
  return new ServiceError('TOKEN_INVALID', 'the download URL is invalid or has expired')
}
