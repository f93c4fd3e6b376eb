import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { type Caller, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { withDeclaredType } from '../../domain/files/bucket-file.ts'
import { isSameContentType } from '../../domain/files/content-type/aliases.ts'
import { shownType } from '../../domain/files/content-type/judge-content.ts'
import { servableMediaType, UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import { isSameFileName } from '../../domain/files/file-name.ts'
import { bucketCompletionOf, bucketUploadOf } from '../../domain/uploads/bucket-upload.ts'
import { isExpired, isTypeHint, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import { recordBucketFile } from '../buckets/record-bucket-file.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { receivedBytes } from '../uploads/received-bytes.ts'
import { checkChecksum, checkContent } from './check-content.ts'
import { checkDeclaration, type Declaration } from './check-declaration.ts'
import { checkScan, type PendingCode } from './check-scan.ts'
import { digestObject } from './digest-object.ts'
import { dropRefused } from './drop-refused.ts'
import { fileOfObject } from './file-of-object.ts'
import { inspectContent } from './inspect-content.ts'
import { settleType } from './settle-type.ts'

type RegisterContext = Pick<Context, 'database' | 'storage' | 'contents' | 'scans' | 'log' | 'now'>

export interface RegisterInput extends Declaration {
  readonly objectName: string
  /** CRC-32C of the bytes as the client computed it, in base64; null when it sends none. */
  readonly crc32c: string | null
}

/**
 * Registers a complete upload as a File. The same call again returns the same File. A refused call changes nothing, so
 * the client can correct it and call again.
 * Throws, in the order of the checks: VALIDATION_ERROR, UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED,
 * UPLOAD_SESSION_EXPIRED, UPLOAD_INCOMPLETE, FILE_SIZE_MISMATCH, FILE_TYPE_MISMATCH, CHECKSUM_MISMATCH, SCAN_PENDING, and
 * FILE_REJECTED, which ends the session.
 */
export const registerFile = defineOperation(
  { action: 'registerFile', kind: 'change', scope: 'files:write', targetOf: (_, file) => file?.id ?? null },
  async (
    context: RegisterContext,
    caller: Caller,
    input: RegisterInput,
    takeEvent: TakeEvent,
  ): Promise<File> => {
    const { organizationId } = caller
    checkDeclaration(input)
    const { database, now } = context
    const session = await database.uploadSessions.findByObjectName(organizationId, input.objectName)
    const isFound = session !== null && session.registers !== 'never'
    if (!isFound || !isSameFileName(session.filename, input.filename)) throw uploadNotFound()

    const registered = await findRegistered(context, session)
    if (registered) return sameFile(registered, input)
    if (session.state.kind === 'cancelled' || isExpired(session, now())) throw sessionExpired()
    if (session.failure) throw new ServiceError(session.failure.code, session.failure.message)

    const checked = await checkObject(context, session, input)
    const uploader = { uploadedByApiKeyId: keyIdOf(caller), uploadedBy: userIdOf(caller) }
    const file = newFile(context, session, checked, uploader)
    try {
      return await addFile(context, session, checked.object, file, takeEvent, 'SCAN_PENDING')
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'FILE_REJECTED') {
        await dropRefused(context, organizationId, session.fileId, error)
      }
      throw error
    }
  },
)

/**
 * Registers a complete object with the declared values of its session, for the key or user that opened the session. The same
 * call again returns the same File. Throws FILE_SIZE_MISMATCH, FILE_TYPE_MISMATCH, UNSUPPORTED_FILE_TYPE,
 * UPLOAD_SESSION_EXPIRED, FILE_REJECTED, SERVICE_UNAVAILABLE.
 */
export async function registerObject(
  context: RegisterContext & Pick<Context, 'limits'>,
  session: UploadSession,
  object: ObjectMetadata,
  takeEvent: TakeEvent,
): Promise<File> {
  const file = await checkedFile(context, session, object, null)
  return addFile(context, session, object, file, takeEvent, 'SERVICE_UNAVAILABLE')
}

/**
 * Returns the File of a complete object with the declared values of its session. `content` has the bytes of the object; null
 * when they are not in memory. Throws FILE_SIZE_MISMATCH, FILE_TYPE_MISMATCH, UNSUPPORTED_FILE_TYPE.
 */
export async function checkedFile(
  context: Pick<Context, 'storage' | 'contents' | 'limits' | 'now'>,
  session: UploadSession,
  object: ObjectMetadata,
  content: Buffer | null,
): Promise<File> {
  checkSize(session, object, session.sizeBytes)
  const types = await settleTypes(context, session, object, content)
  const { openedBy, openedByUser } = session
  const uploader = { uploadedByApiKeyId: openedBy?.apiKeyId ?? null, uploadedBy: openedByUser }
  return newFile(context, session, { object, ...types }, uploader)
}

async function settleTypes(
  context: Pick<Context, 'storage' | 'contents' | 'limits'>,
  session: UploadSession,
  object: ObjectMetadata,
  content: Buffer | null,
): Promise<Pick<File, 'contentType' | 'detectedContentType'>> {
  const { contentType } = session
  const bucketUpload = bucketUploadOf(session)
  if (bucketUpload !== null) {
    const { contentType: declared } = bucketUpload
    const hint = { declared, typesAreHints: true, contradicted: UNKNOWN_CONTENT, content }
    return settleType(context, object, session, hint)
  }
  if (!isTypeHint(session)) {
    return {
      contentType,
      detectedContentType: await checkType(context, session, object, contentType, content),
    }
  }
  const declared = contentType === UNKNOWN_CONTENT ? null : contentType
  return settleType(context, object, session, { declared, typesAreHints: true, content })
}

/** Returns the File of a checked object. */
function newFile(
  { now }: Pick<Context, 'now'>,
  session: UploadSession,
  { object, contentType, detectedContentType }: CheckedObject,
  uploader: Pick<File, 'uploadedByApiKeyId' | 'uploadedBy'>,
): File {
  const { organizationId, fileId, filename, path, fileMetadata, fileLifetimeMs, purpose, sharesBytesOf } =
    session
  const uploadedAtMs = now()
  return fileOfObject(withSharedSha256(object, session), {
    id: fileId,
    organizationId,
    filename,
    path,
    metadata: fileMetadata,
    contentType,
    detectedContentType,
    ...uploader,
    uploadedAtMs,
    purpose,
    expiresAtMs: fileLifetimeMs === null ? null : uploadedAtMs + fileLifetimeMs,
    sharesBytesOf,
  })
}

/**
 * Adds the File of a checked object, with the audit event. Throws UPLOAD_SESSION_EXPIRED, the errors of `checkScan`, and for
 * a key those of `recordBucketFile`.
 */
async function addFile(
  context: RegisterContext,
  session: UploadSession,
  object: ObjectMetadata,
  file: File,
  takeEvent: TakeEvent,
  pendingCode: PendingCode,
): Promise<File> {
  const { organizationId, fileId } = session
  if (context.scans !== null) await checkScan(context.scans, file, pendingCode)
  const registered =
    session.protocol === 's3'
      ? await addBucketFile(context, session, object, file, takeEvent(fileId))
      : await context.database.files.register(organizationId, file, takeEvent(fileId))
  // Cancelled, or registered and deleted, since the checks began.
  if (registered === null) throw sessionExpired()
  return registered
}

/** Adds the File of a multipart upload of S3 under its key. Null: the session has ended. */
async function addBucketFile(
  context: Pick<Context, 'database' | 'storage' | 'log'>,
  session: UploadSession,
  object: ObjectMetadata,
  file: File,
  event: AuditEvent,
): Promise<File | null> {
  const { organizationId } = session
  const [place, completion] = [bucketUploadOf(session), bucketCompletionOf(session)]
  if (place === null || completion === null) throw new Error('a completed upload has no completion')
  const { condition } = completion
  const attributes = withDeclaredType(completion.attributes, place.contentType, file.contentType)
  const added = { bucket: place.bucket, key: place.key, attributes, file }
  const source = { kind: 'session' } as const
  const isAdded = await recordBucketFile(context, organizationId, { added, source, object, condition, event })
  return isAdded ? file : context.database.files.find(organizationId, file.id)
}

/** The announced SHA-256 of shared bytes is that of the File that they are from. */
function withSharedSha256(
  object: ObjectMetadata,
  { sharesBytesOf, announced }: UploadSession,
): ObjectMetadata {
  return sharesBytesOf === null ? object : { ...object, sha256: announced.sha256 }
}

function uploadNotFound(): ServiceError {
  return new ServiceError('UPLOAD_NOT_FOUND', 'no upload of this organization has this gcs_path and filename')
}

function sessionExpired(): ServiceError {
  return new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload session has expired or was cancelled')
}

async function findRegistered(
  { database, now }: Pick<Context, 'database' | 'now'>,
  session: UploadSession,
): Promise<File | null> {
  if (session.state.kind !== 'registered') return null
  const file = await database.files.find(session.organizationId, session.fileId)
  if (file === null || isExpiredFile(file, now())) throw uploadNotFound()
  return file
}

function sameFile(file: File, input: RegisterInput): File {
  const isSame =
    file.sizeBytes === input.sizeBytes &&
    isSameContentType(file.contentType, input.contentType) &&
    (input.crc32c === null || input.crc32c === file.crc32c)
  if (isSame) return file
  throw new ServiceError(
    'FILE_ALREADY_REGISTERED',
    'the upload is already registered with different values',
    {
      file_id: file.id,
    },
  )
}

type CheckContext = Pick<Context, 'database' | 'storage' | 'contents'>

interface CheckedObject {
  readonly object: ObjectMetadata
  readonly contentType: string
  readonly detectedContentType: string | null
}

/**
 * Returns the object after all checks. When a check fails, the session is read again: if it was cancelled or expired
 * meanwhile, that is the error to report.
 */
async function checkObject(
  context: CheckContext,
  session: UploadSession,
  input: RegisterInput,
): Promise<CheckedObject> {
  try {
    const object = await findObject(context, session)
    checkSize(session, object, input.sizeBytes)
    const detectedContentType = await checkType(context, session, object, input.contentType)
    checkChecksum(object, input.crc32c)
    const verified = await verifySha256(context, session, object)
    return { object: verified, contentType: session.contentType, detectedContentType }
  } catch (error) {
    const { uploadSessions } = context.database
    const latest = await uploadSessions.findByFileId(session.organizationId, session.fileId)
    if (latest?.state.kind === 'cancelled' || latest?.state.kind === 'expired') throw sessionExpired()
    throw error
  }
}

/**
 * Returns the object with its announced SHA-256. Reads the object when a provider received the bytes, which computes
 * none; every other upload is verified when it becomes complete. Throws CHECKSUM_MISMATCH.
 */
async function verifySha256(
  { storage }: CheckContext,
  { announced }: UploadSession,
  object: ObjectMetadata,
): Promise<ObjectMetadata> {
  if (announced.sha256 === null || object.sha256 !== null) return object
  const { sha256 } = await digestObject(storage, object, ['sha256'])
  if (sha256 === announced.sha256) return { ...object, sha256 }
  throw new ServiceError('CHECKSUM_MISMATCH', 'sha256 does not match the uploaded bytes', {
    provided: announced.sha256,
    calculated: sha256,
  })
}

async function findObject(context: CheckContext, session: UploadSession): Promise<ObjectMetadata> {
  const object = await context.storage.stat(session.objectName)
  if (object) return object
  throw new ServiceError('UPLOAD_INCOMPLETE', 'not all bytes have arrived', {
    received_bytes: await receivedBytes(context, session),
    expected_bytes: session.sizeBytes,
  })
}

function checkSize(session: UploadSession, object: ObjectMetadata, declaredBytes: number | null): void {
  if (declaredBytes === object.sizeBytes && declaredBytes === session.sizeBytes) return
  const details = { declared: declaredBytes, actual: object.sizeBytes }
  throw new ServiceError(
    'FILE_SIZE_MISMATCH',
    'file_size does not match the number of uploaded bytes',
    details,
  )
}

async function checkType(
  context: Pick<Context, 'storage' | 'contents'>,
  session: UploadSession,
  object: ObjectMetadata,
  contentType: string,
  content: Buffer | null = null,
): Promise<string | null> {
  // Another program with access to the storage may have changed the object's type.
  if (!isSameContentType(servableMediaType(object.contentType), session.contentType)) {
    const details = { declared: contentType, detected: object.contentType }
    throw new ServiceError(
      'FILE_TYPE_MISMATCH',
      'the stored type of the object differs from that of its upload session',
      details,
    )
  }
  if (isSameContentType(contentType, session.contentType))
    return checkContent(context, object, contentType, content)
  const evidence = await inspectContent(context, object)
  throw new ServiceError(
    'FILE_TYPE_MISMATCH',
    `mime_type differs from the type of the upload session, ${session.contentType}`,
    { declared: contentType, detected: shownType(evidence) },
  )
}
