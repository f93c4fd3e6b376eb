import type { Caller } from '../../domain/access/caller.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { isTypeHint, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { CheckAdmission } from '../access/hold-admission.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { checkOpeningKey, quotaExceeded } from '../uploads/open-upload.ts'
import type { UploadAnswer } from '../uploads/upload-answer.ts'
import { checkAllowed } from './check-allowed.ts'
import { dropRefused } from './drop-refused.ts'
import { registerObject } from './register-file.ts'

type RegisterContext = Pick<
  Context,
  'audit' | 'database' | 'storage' | 'contents' | 'limits' | 'scans' | 'log' | 'now'
>

interface CompleteUpload {
  readonly fileId: string
  readonly object: ObjectMetadata
  /** Check of the caller that creates the session with the same request; null when a session URL is the credential. */
  readonly checkAdmission: CheckAdmission | null
}

/**
 * Registers the complete object of a session with the declared values of the session. Returns its File, also when
 * another call was first. The key that opened the session must still be usable, and the quota must still allow the file.
 * Throws UPLOAD_SESSION_EXPIRED when the session has ended, and the errors in `REFUSALS`.
 */
export const registerCompleteUpload = defineOperation(
  {
    action: 'registerCompleteUpload',
    kind: 'change',
    scope: 'session-uri',
    targetOf: ({ fileId }: CompleteUpload) => fileId,
  },
  async (
    context: Omit<RegisterContext, 'audit'>,
    { organizationId }: Caller,
    { fileId, object, checkAdmission }: CompleteUpload,
    takeEvent: TakeEvent,
  ): Promise<File> => {
    const { database, limits } = context
    // Another request may have told the length since the session was found.
    const found = await database.uploadSessions.findByFileId(organizationId, fileId)
    const session = found && (await settleLengthOfParts(context, found, object))
    if (session === null) throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload session has ended')
    if (session.failure) throw new ServiceError(session.failure.code, session.failure.message)
    if (session.state.kind !== 'registered') {
      await checkAdmission?.()
      if (!isTypeHint(session)) checkAllowed(limits, session.contentType)
      if (session.openedBy) await checkOpeningKey(context, organizationId, session.openedBy)
      await checkQuota(context, organizationId, object)
    }
    return registerObject(context, session, object, takeEvent)
  },
)

/**
 * Sets the length of a multipart upload of S3, which only its completion tells. Throws STORAGE_QUOTA_EXCEEDED. Null: the
 * session has ended.
 */
async function settleLengthOfParts(
  { database }: Pick<Context, 'database'>,
  session: UploadSession,
  { sizeBytes }: ObjectMetadata,
): Promise<UploadSession | null> {
  if (session.protocol !== 's3' || session.sizeBytes !== null) return session
  const { organizationId, fileId } = session
  const outcome = await database.uploadSessions.setLength(organizationId, fileId, sizeBytes)
  if (outcome === 'no-room') throw quotaExceeded()
  return database.uploadSessions.findByFileId(organizationId, fileId)
}

/** Throws STORAGE_QUOTA_EXCEEDED when the limit was lowered below the used bytes and this file. */
async function checkQuota(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  { sizeBytes }: ObjectMetadata,
): Promise<void> {
  const organization = await database.organizations.find(organizationId)
  const limitBytes = organization?.storageLimitBytes ?? null
  if (organization === null || limitBytes === null) return
  if (organization.storageUsedBytes + sizeBytes > limitBytes) throw quotaExceeded()
}

/** Errors that refuse the content for ever: the session is dead then. After any other error a later request tries again. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'FILE_SIZE_MISMATCH',
  'FILE_TYPE_MISMATCH',
  'FILE_REJECTED',
  'FILE_TOO_LARGE',
  'CHECKSUM_MISMATCH',
  'UNSUPPORTED_FILE_TYPE',
  'STORAGE_QUOTA_EXCEEDED',
  'PRECONDITION_FAILED',
  'FILE_NOT_FOUND',
  'BUCKET_NOT_FOUND',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_PAUSED',
  'API_KEY_DEACTIVATED',
  'ORGANIZATION_ACCESS_DENIED',
  'INSUFFICIENT_PERMISSIONS',
])

/**
 * Registers a complete upload of a `when-complete` session, and returns the answer with its File. When the registration
 * is refused, also by `checkAdmission`, marks the session as dead, releases its reservation, deletes the object, and returns
 * the refusal. Returns every other answer unchanged. Throws STORAGE_UNAVAILABLE, and SERVICE_UNAVAILABLE while the file is
 * scanned: the session and its object stay, and the next request or a job registers it.
 */
export async function registerWhenComplete<Other extends { readonly kind: string }>(
  context: RegisterContext,
  caller: Caller,
  session: Pick<UploadSession, 'fileId' | 'registers'>,
  answer: UploadAnswer | Other,
  checkAdmission: CheckAdmission | null = null,
): Promise<UploadAnswer | Other> {
  if (session.registers !== 'when-complete' || !isUnregistered(answer)) return answer
  const { object } = answer
  try {
    const upload = { fileId: session.fileId, object, checkAdmission }
    const file = await registerCompleteUpload(context, caller, upload)
    return { ...answer, file }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    if (error.code === 'UPLOAD_SESSION_EXPIRED') return { kind: 'cancelled', isNew: false }
    if (!REFUSALS.has(error.code)) throw error
    const isRegistered = await dropRefused(context, caller.organizationId, session.fileId, error)
    // Another request registered the upload after this one had found it unregistered.
    if (isRegistered) return registerWhenComplete(context, caller, session, answer, checkAdmission)
    return { kind: 'refused', error }
  }
}

type ObjectAnswer = Extract<UploadAnswer, { kind: 'object' }>

function isUnregistered(answer: { readonly kind: string }): answer is ObjectAnswer {
  return answer.kind === 'object' && (answer as ObjectAnswer).file === null
}
