import { type Caller, keyIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { isSameContentType } from '../../domain/files/content-type/aliases.ts'
import { shownType } from '../../domain/files/content-type/judge-content.ts'
import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import { isSameFileName } from '../../domain/files/file-name.ts'
import { isExpired, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { receivedBytes } from '../uploads/received-bytes.ts'
import { checkChecksum, checkContent } from './check-content.ts'
import { checkDeclaration, type Declaration } from './check-declaration.ts'
import { fileOfObject } from './file-of-object.ts'
import { inspectContent } from './inspect-content.ts'

export interface RegisterInput extends Declaration {
  readonly objectName: string
  /** CRC-32C of the bytes as the client computed it, in base64; null when it sends none. */
  readonly crc32c: string | null
}

/**
 * Registers a complete upload as a File. The same call again returns the same File. A refused call changes nothing, so
 * the client can correct it and call again.
 * Throws, in the order of the checks: VALIDATION_ERROR, UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED,
 * UPLOAD_SESSION_EXPIRED, UPLOAD_INCOMPLETE, FILE_SIZE_MISMATCH, FILE_TYPE_MISMATCH, CHECKSUM_MISMATCH.
 */
export const registerFile = defineOperation(
  { action: 'registerFile', kind: 'change', scope: 'files:write', targetOf: (_, file) => file?.id ?? null },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    caller: Caller,
    input: RegisterInput,
  ): Promise<File> => {
    const { organizationId } = caller
    checkDeclaration(input)
    const { database, now } = context
    const session = await database.uploadSessions.findByObjectName(organizationId, input.objectName)
    if (session === null || !isSameFileName(session.filename, input.filename)) throw uploadNotFound()

    const registered = await findRegistered(context, session)
    if (registered) return sameFile(registered, input)
    if (session.state.kind === 'cancelled' || isExpired(session, now())) throw sessionExpired()

    const { object, detectedContentType } = await checkObject(context, session, input)
    const uploadedAtMs = now()
    const file = await database.files.register(
      organizationId,
      fileOfObject(object, {
        id: session.fileId,
        organizationId,
        filename: session.filename,
        contentType: session.contentType,
        detectedContentType,
        uploadedByApiKeyId: keyIdOf(caller),
        uploadedAtMs,
        purpose: null,
        expiresAtMs: session.fileLifetimeMs === null ? null : uploadedAtMs + session.fileLifetimeMs,
      }),
    )
    // Cancelled, or registered and deleted, since the checks began.
    if (file === null) throw sessionExpired()
    return file
  },
)

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

type CheckContext = Pick<Context, 'database' | 'storage'>

interface CheckedObject {
  readonly object: ObjectMetadata
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
    checkSize(session, object, input)
    const detectedContentType = await checkType(context, session, object, input)
    checkChecksum(object, input.crc32c)
    return { object, detectedContentType }
  } catch (error) {
    const { uploadSessions } = context.database
    const latest = await uploadSessions.findByFileId(session.organizationId, session.fileId)
    if (latest?.state.kind === 'cancelled' || latest?.state.kind === 'expired') throw sessionExpired()
    throw error
  }
}

async function findObject(context: CheckContext, session: UploadSession): Promise<ObjectMetadata> {
  const object = await context.storage.stat(session.objectName)
  if (object) return object
  throw new ServiceError('UPLOAD_INCOMPLETE', 'not all bytes have arrived', {
    received_bytes: await receivedBytes(context, session),
    expected_bytes: session.sizeBytes,
  })
}

function checkSize(session: UploadSession, object: ObjectMetadata, input: RegisterInput): void {
  if (input.sizeBytes === object.sizeBytes && input.sizeBytes === session.sizeBytes) return
  const details = { declared: input.sizeBytes, actual: object.sizeBytes }
  throw new ServiceError(
    'FILE_SIZE_MISMATCH',
    'file_size does not match the number of uploaded bytes',
    details,
  )
}

async function checkType(
  { storage }: Pick<Context, 'storage'>,
  session: UploadSession,
  object: ObjectMetadata,
  { contentType }: RegisterInput,
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
  if (isSameContentType(contentType, session.contentType)) return checkContent(storage, object, contentType)
  const evidence = await inspectContent(storage, object)
  throw new ServiceError(
    'FILE_TYPE_MISMATCH',
    `mime_type differs from the type of the upload session, ${session.contentType}`,
    { declared: contentType, detected: shownType(evidence) },
  )
}
