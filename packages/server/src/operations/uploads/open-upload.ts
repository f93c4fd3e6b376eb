import { randomBytes } from 'node:crypto'
import { hashSecret, type KeyStamp } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { tooManySessions } from '../../domain/uploads/upload-session.ts'
import type { SessionTerms } from '../../storage/delegated-uploads.ts'
import type { UploadSpec } from '../../storage/stored-object.ts'
import { findStampedKey } from '../access/authenticate.ts'
import type { Context } from '../context.ts'
import { readRemainingQuota } from '../organizations/read-remaining-quota.ts'

/** Destination of an upload's bytes. Both kinds are credentials, which only the caller may learn. */
export type UploadTarget =
  /** Upload to this service. The id is part of the session URI and has 256 random bits. */
  | { readonly kind: 'here'; readonly uploadId: string }
  /** The provider. */
  | { readonly kind: 'provider'; readonly sessionUri: string }

export interface OpenedUpload {
  readonly target: UploadTarget
  /** SHA-256 of the secret part of the URI, in hex. */
  readonly secretSha256: string
  /** See `UploadSession.uploadHandle`. */
  readonly handle: string | null
}

/**
 * Opens the target for an upload's bytes. A request beyond the organization's quota or session limit is refused before
 * the provider is called.
 * Throws STORAGE_UNAVAILABLE, VALIDATION_ERROR, STORAGE_QUOTA_EXCEEDED, TOO_MANY_OPEN_UPLOADS.
 */
export async function openUpload(
  { storage, database, limits }: Pick<Context, 'storage' | 'database' | 'limits'>,
  organizationId: string,
  spec: UploadSpec,
  terms: SessionTerms,
): Promise<OpenedUpload> {
  const { uploads } = storage
  if (uploads.mode === 'hosted') return openHere()
  if ((await readRemainingQuota({ database }, organizationId)) < terms.sizeBytes) throw quotaExceeded()
  const { maxOpenSessions } = limits
  if ((await database.uploadSessions.countUnfinished(organizationId)) >= maxOpenSessions) {
    throw tooManySessions(maxOpenSessions)
  }
  const { sessionUri, handle } = await uploads.create(spec, terms)
  return { target: { kind: 'provider', sessionUri }, secretSha256: hashSecret(sessionUri), handle }
}

/** Returns a target at this service, with this credential; with a new one when it is absent. */
export function openHere(uploadId = randomBytes(32).toString('base64url')): OpenedUpload {
  return { target: { kind: 'here', uploadId }, secretSha256: hashSecret(uploadId), handle: null }
}

/** Returns the error for an upload that exceeds the remaining quota. */
export function quotaExceeded(): ServiceError {
  return new ServiceError(
    'STORAGE_QUOTA_EXCEEDED',
    'the file exceeds the remaining quota of the organization',
  )
}

/**
 * Throws the errors of `checkUsable` when the key that opened a session is no longer usable, or was deactivated since
 * then.
 */
export async function checkOpeningKey(
  context: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  stamp: KeyStamp,
): Promise<void> {
  await findStampedKey(context, organizationId, stamp, 'the session was opened')
}
