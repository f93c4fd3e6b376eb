import type { KeyStamp } from '../domain/api-key.ts'
import { type ChecksumAlgorithm, mergeAlgorithms } from '../domain/checksums.ts'
import { ServiceError } from '../domain/errors.ts'
import { createId } from '../domain/ids.ts'
import { objectName } from '../domain/object-name.ts'
import type { UploadSession } from '../domain/upload-session.ts'
import { checkUsable } from './authenticate.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkDeclaration, type Declaration } from './check-declaration.ts'
import { checkRoom, type RoomCheck } from './check-room.ts'
import type { Context } from './context.ts'
import { discardUpload } from './discard-upload.ts'
import { doesNotFit, openUpload, type UploadTarget } from './open-upload.ts'

export interface UploadUrlInput extends Declaration {
  /** Of the page that asks, which is the one that is going to send the bytes; null where no browser does. */
  readonly origin: string | null
  /** Checksums to compute in addition to those of the operator's settings. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** Requesting key, which the session is revoked with; null when there is none. */
  readonly openedBy: KeyStamp | null
}

export interface CreatedUploadUrl {
  readonly session: UploadSession
  readonly target: UploadTarget
}

/**
 * Opens an upload session and reserves its size in the organization's quota.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED,
 * TOO_MANY_OPEN_UPLOADS, STORAGE_UNAVAILABLE, and the errors of a key that was deleted, deactivated or paused
 * meanwhile.
 */
export async function createUploadUrl(
  context: Context,
  organizationId: string,
  input: UploadUrlInput,
  checkDisk: RoomCheck = (...declared) => checkRoom(context, ...declared),
): Promise<CreatedUploadUrl> {
  const { limits, now } = context
  const { filename, sizeBytes, contentType, origin } = checkDeclaration(input)
  checkAllowed(limits, contentType)
  if (sizeBytes > limits.maxFileBytes) {
    const details = { file_size: sizeBytes, max_file_size: limits.maxFileBytes }
    throw new ServiceError('FILE_TOO_LARGE', `a file may have ${limits.maxFileBytes} bytes`, details)
  }
  await checkDisk(organizationId, sizeBytes)
  const fileId = createId('file')
  const name = objectName(organizationId, fileId, filename)
  const opened = await openUpload(context, organizationId, { name, contentType }, { sizeBytes, origin })
  const createdAtMs = now()
  const session: UploadSession = {
    fileId,
    organizationId,
    objectName: name,
    filename,
    sizeBytes,
    contentType,
    state: { kind: 'open' },
    announced: { crc32c: null, md5: null },
    checksums: mergeAlgorithms(input.checksums, limits.uploadChecksums),
    uploadHandle: opened.handle,
    openedBy: input.openedBy,
    createdAtMs,
    expiresAtMs: createdAtMs + limits.uploadSessionMs,
  }
  await addSession(context, session, opened.secretSha256)
  return { session, target: opened.target }
}

/** Errors that guarantee that the session was not recorded. */
const REFUSALS: ReadonlySet<string> = new Set([
  'STORAGE_QUOTA_EXCEEDED',
  'TOO_MANY_OPEN_UPLOADS',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_PAUSED',
  'API_KEY_DEACTIVATED',
])

/** Records the session; when it is refused, ends the upload that the provider opened for it. */
async function addSession(context: Context, session: UploadSession, secretSha256: string): Promise<void> {
  const { database, limits } = context
  const { organizationId } = session
  try {
    const isAdded = await database.uploadSessions.create(
      organizationId,
      session,
      secretSha256,
      limits.maxOpenSessions,
    )
    if (isAdded) return
    await checkOpeningKey(context, session)
    throw doesNotFit()
  } catch (error) {
    // After any other error the session may have been recorded.
    if (error instanceof ServiceError && REFUSALS.has(error.code)) await endUnused(context, session)
    throw error
  }
}

/** Throws when the session was refused because its key is no longer active. */
async function checkOpeningKey(context: Context, { organizationId, openedBy }: UploadSession): Promise<void> {
  if (openedBy === null) return
  const key = await context.database.apiKeys.find(organizationId, openedBy.apiKeyId)
  checkUsable(key, context.now())
  if (key?.generation !== openedBy.generation) {
    throw new ServiceError('API_KEY_DEACTIVATED', 'the key was deactivated while the session was opened')
  }
}

/** Nobody has the URI of a session that is refused; where the provider cannot be told, it ends by itself. */
async function endUnused(context: Context, session: UploadSession): Promise<void> {
  if (session.uploadHandle === null) return
  await discardUpload(context, session).catch((error: unknown) =>
    context.log.warn({ err: error, file_id: session.fileId }, 'a refused upload could not be ended'),
  )
}
