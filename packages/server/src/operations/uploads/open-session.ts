import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { type Caller, keyStampOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { FileMetadata } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import {
  type AnnouncedHashes,
  isTypeHint,
  type OpeningProtocol,
  type RegistrationMode,
  type UploadLayout,
  type UploadSession,
} from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import type { TakeEvent } from '../define-operation.ts'
import { checkAllowed } from '../files/check-allowed.ts'
import { checkDeclaration } from '../files/check-declaration.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import {
  checkOpeningKey,
  type OpenedUpload,
  openHere,
  openUpload,
  quotaExceeded,
  type UploadTarget,
} from './open-upload.ts'

/** Properties of a new session. */
export interface SessionInput {
  readonly filename: string
  readonly contentType: string
  /** Length of the upload; null when a later request will tell it. */
  readonly sizeBytes: number | null
  /** Bytes to reserve at once when the length is unknown: the declared length of the first body, or 0. */
  readonly reservedBytes: number
  readonly protocol: OpeningProtocol
  /** Absent for sequential. */
  readonly layout?: UploadLayout
  readonly registers: RegistrationMode
  /** See `UploadSession.metadata`. */
  readonly metadata: string | null
  readonly announced: AnnouncedHashes
  /** Checksums to compute in addition to those of the operator's settings. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** Returns the credential of the session URI, with 256 bits that nobody can guess; absent for a random one. */
  readonly uploadIdOf?: (fileId: string) => string
  /** Origin of the web page that requests the session and will send the bytes; null for clients other than browsers. */
  readonly origin: string | null
  /** Time from the registration of the File to its end; null when it has no end. */
  readonly fileLifetimeMs: number | null
  /** Label of the File; absent for none. */
  readonly purpose?: UploadSession['purpose']
  /** See `UploadSession.sharesBytesOf`; absent for none. */
  readonly sharesBytesOf?: string
  /** Folder of the File; absent for the root. */
  readonly path?: string
  /** Metadata of the File; absent for none. */
  readonly fileMetadata?: FileMetadata
}

export interface CreatedSession {
  readonly session: UploadSession
  readonly target: UploadTarget
}

export type SessionContext = Pick<
  Context,
  'database' | 'storage' | 'checkFreeSpace' | 'limits' | 'log' | 'now'
>

/** Lifetime of a session that takes no bytes: it ends with the request, or is what a crash left of it. */
const SHARING_SESSION_MS = 60 * 60 * 1000

/**
 * Opens an upload session and reserves its bytes in the organization's quota. The session is revoked with the caller's
 * key. Writes the audit event with the session.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, STORAGE_FULL, STORAGE_QUOTA_EXCEEDED, INVALID_REQUEST,
 * TOO_MANY_OPEN_UPLOADS, STORAGE_UNAVAILABLE, and the errors of `checkUsable` when the caller's key has stopped being
 * active.
 */
export async function openSession(
  context: SessionContext,
  caller: Caller,
  input: SessionInput,
  takeEvent: TakeEvent,
): Promise<CreatedSession> {
  const { session, opened } = await prepareSession(context, caller, input)
  await addSession(context, session, opened.secretSha256, takeEvent(session.fileId))
  return { session, target: opened.target }
}

/** Session that is not recorded yet, and the target of its bytes. */
export interface PreparedSession {
  readonly session: UploadSession
  readonly opened: OpenedUpload
}

/** Checks the properties of a session and opens its target; throws those errors of `openSession` that need no record. */
export async function prepareSession(
  context: SessionContext,
  caller: Caller,
  input: SessionInput,
): Promise<PreparedSession> {
  const { organizationId } = caller
  const { limits, now } = context
  const { filename, contentType, sizeBytes, origin } = checkDeclaration(input)
  // The type of the bytes is checked when they are complete.
  if (!isTypeHint(input) && input.registers !== 'never') checkAllowed(limits, contentType)
  const reservedBytes = sizeBytes ?? input.reservedBytes
  checkLength(limits.maxFileBytes, reservedBytes)
  // Parts of Google's protocol go to the provider.
  if (input.layout === 'parts' && input.protocol !== 'google') assertTakesParts(context)
  const sharesBytesOf = input.sharesBytesOf ?? null
  const isHere = sharesBytesOf !== null || input.uploadIdOf !== undefined
  if (sharesBytesOf === null) await context.checkFreeSpace(organizationId, reservedBytes)
  const fileId = createId('file')
  const name = objectName(organizationId, fileId, filename)
  const terms = { sizeBytes: reservedBytes, origin }
  const opened = isHere
    ? openHere(input.uploadIdOf?.(fileId))
    : await openUpload(context, organizationId, { name, contentType }, terms)
  const createdAtMs = now()
  const session: UploadSession = {
    fileId,
    organizationId,
    objectName: name,
    filename,
    sizeBytes,
    reservedBytes,
    maxSizeBytes: limits.maxFileBytes,
    contentType,
    state: { kind: 'open' },
    failure: null,
    protocol: input.protocol,
    layout: input.layout ?? 'sequential',
    registers: input.registers,
    metadata: input.metadata,
    announced: input.announced,
    checksums: mergeAlgorithms(input.checksums, limits.uploadChecksums),
    uploadHandle: opened.handle,
    openedBy: keyStampOf(caller),
    openedByUser: userIdOf(caller),
    protocolState: null,
    createdAtMs,
    expiresAtMs: createdAtMs + (sharesBytesOf === null ? limits.uploadSessionMs : SHARING_SESSION_MS),
    fileLifetimeMs: input.fileLifetimeMs,
    purpose: input.purpose ?? null,
    sharesBytesOf,
    path: input.path ?? '',
    fileMetadata: input.fileMetadata ?? {},
  }
  return { session, opened }
}

function assertTakesParts({ storage }: Pick<SessionContext, 'storage'>): void {
  if (storage.parts.isAvailable) return
  throw new ServiceError('INVALID_REQUEST', 'uploads of parts are not available with this storage')
}

function checkLength(maxFileBytes: number, sizeBytes: number): void {
  if (sizeBytes <= maxFileBytes) return
  const details = { file_size: sizeBytes, max_file_size: maxFileBytes }
  throw new ServiceError('FILE_TOO_LARGE', `a file may have at most ${maxFileBytes} bytes`, details)
}

const REFUSALS: ReadonlySet<string> = new Set([
  'STORAGE_QUOTA_EXCEEDED',
  'TOO_MANY_OPEN_UPLOADS',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_PAUSED',
  'API_KEY_DEACTIVATED',
  'ORGANIZATION_ACCESS_DENIED',
  'INSUFFICIENT_PERMISSIONS',
])

/** Returns true for an error that guarantees that the session was not recorded. */
export function isRefusedSession(error: unknown): boolean {
  return error instanceof ServiceError && REFUSALS.has(error.code)
}

/** Records the session and its event; when it is refused, deletes the upload that the provider opened for it. */
export async function addSession(
  context: SessionContext,
  session: UploadSession,
  secretSha256: string,
  event: AuditEvent,
): Promise<void> {
  const { database, limits } = context
  const { organizationId } = session
  try {
    const isAdded = await database.uploadSessions.create(
      organizationId,
      session,
      secretSha256,
      limits.maxOpenSessions,
      event,
    )
    if (isAdded) return
    if (session.openedBy) await checkOpeningKey(context, organizationId, session.openedBy)
    throw quotaExceeded()
  } catch (error) {
    // After any other error the session may have been recorded.
    if (isRefusedSession(error)) await deleteUnused(context, session)
    throw error
  }
}

/** Deletes the provider's upload of a refused session. If the provider cannot be reached, the upload expires there. */
async function deleteUnused(context: SessionContext, session: UploadSession): Promise<void> {
  if (session.uploadHandle === null) return
  await deleteUploadBytes(context, session).catch((error: unknown) =>
    context.log.warn(
      { err: error, file_id: session.fileId },
      'the upload of a refused session could not be deleted at the provider',
    ),
  )
}
