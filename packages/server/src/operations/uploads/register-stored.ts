import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { base64ToHex } from '../../domain/uploads/checksums.ts'
import { isTypeHint, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import type { TakeEvent } from '../define-operation.ts'
import { checkContent } from '../files/check-content.ts'
import { checkDeclaration } from '../files/check-declaration.ts'
import { removeUnseen } from '../files/check-scan.ts'
import { copyStored, unlessLost } from '../files/copy-stored.ts'
import type { Scans } from '../files/create-scans.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import { cancelSession } from './cancel-upload.ts'
import { openSession, type SessionContext, type SessionInput } from './open-session.ts'

/** Upload that is complete without a byte of its client. */
export interface StoredUpload {
  readonly session: UploadSession
  readonly file: File
}

type StoredContext = SessionContext & Pick<Context, 'audit' | 'contents' | 'scans'>

/**
 * Registers a File with bytes that the organization has stored already, when the input announces their SHA-256 and size.
 * The File has an object of its own that shares these bytes, so that each File can be deleted without the other.
 * Returns null when the organization has no such bytes, or they are damaged: the client then sends its own.
 * Throws FILE_TYPE_MISMATCH when the stored bytes contradict the declared type, FILE_REJECTED, SERVICE_UNAVAILABLE while the
 * bytes are scanned, and the errors of `openSession`.
 */
export async function registerStored(
  context: StoredContext,
  caller: Caller,
  input: SessionInput,
  takeEvent: TakeEvent,
): Promise<StoredUpload | null> {
  const source = await findSource(context, caller, input)
  if (source === null) return null
  const properties: SessionInput = {
    ...input,
    registers: 'when-complete',
    sharesBytesOf: source.sharesBytesOf ?? source.id,
  }
  const { session } = await openSession(context, caller, properties, takeEvent)
  const object = await copySource(context, session, source)
  if (object === null) return null
  const urlCaller = callerOfUrl('session-uri', session, caller.request)
  const complete = { kind: 'object', object, file: null, isNew: true } as const
  const answer = await registerWhenComplete<never>(context, urlCaller, session, complete).catch(
    async (error: unknown) => {
      // The client repeats its request, which opens another session: this one must not become a File too.
      if (context.scans !== null) await endUnseen(context, context.scans, session)
      throw error
    },
  )
  if (answer.kind === 'refused') throw answer.error
  if (answer.kind === 'object' && answer.file !== null) return { session, file: answer.file }
  throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload session was cancelled')
}

/** Cancels the session, when no scan reads its object any more. */
async function endUnseen(
  context: StoredContext,
  scans: Scans,
  { organizationId, fileId, objectName, sizeBytes }: UploadSession,
): Promise<void> {
  await removeUnseen(scans, { objectName, sizeBytes: sizeBytes ?? 0 }, null, async () => {
    await cancelSession(context, organizationId, fileId).catch((err: unknown) =>
      context.log.warn({ err, file_id: fileId }, 'the session of an unfinished scan could not be cancelled'),
    )
  })
}

/** Returns a File with the announced bytes, whose object is in the storage and of the declared type. */
async function findSource(
  { database, storage, contents, now }: StoredContext,
  { organizationId }: Caller,
  input: SessionInput,
): Promise<File | null> {
  const { contentType } = checkDeclaration(input)
  const sha256 = base64ToHex(input.announced.sha256)
  const { sizeBytes } = input
  if (sha256 === null || sizeBytes === null) return null
  const file = await database.files.findByContent(organizationId, { sha256, sizeBytes }, now())
  if (file === null) return null
  return unlessLost({ storage }, file, async () => {
    const object = await storage.stat(file.objectName)
    if (object?.generation !== file.generation) return null
    if (!isTypeHint(input)) await checkContent({ storage, contents }, object, contentType)
    return file
  })
}

/** Returns the object of the session; null after ending the session when the bytes are gone or damaged. */
async function copySource(
  context: StoredContext,
  session: UploadSession,
  source: File,
): Promise<ObjectMetadata | null> {
  const { objectName: name, contentType, organizationId, fileId } = session
  // The SHA-256 is that of the source, and needs no read.
  const checksums = session.checksums.filter((algorithm) => algorithm !== 'sha256')
  let copied: ObjectMetadata | null = null
  try {
    copied = await copyStored(context, { name, contentType, checksums }, source)
  } finally {
    if (copied === null) await cancelSession(context, organizationId, fileId)
  }
  return copied
}
