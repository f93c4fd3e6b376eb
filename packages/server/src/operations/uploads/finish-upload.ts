import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import {
  type AnnouncedHashes,
  hashAlgorithmsOf,
  NO_HASHES,
  type UploadFailure,
  type UploadSession,
} from '../../domain/uploads/upload-session.ts'
import type { UploadWriter } from '../../storage/hosted-uploads.ts'
import type { Context } from '../context.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import type { HostingContext } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import type { SmallContent } from './small-content.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Properties of a body before it arrives. */
interface DeclaredBody {
  readonly expectedBytes: number | null
  readonly hashes: AnnouncedHashes
}

const NO_BODY: DeclaredBody = { expectedBytes: null, hashes: NO_HASHES }

/** Claims the upload for the duration of `work`, also from an older request. */
export async function withWriter<Refusal extends { kind: string } = never>(
  context: HostingContext,
  session: UploadSession,
  { expectedBytes, hashes }: DeclaredBody,
  work: (writer: UploadWriter) => Promise<UploadAnswer | Refusal>,
): Promise<UploadAnswer | Refusal> {
  const { storage } = context
  const { objectName: name, contentType, checksums, announced } = session
  const algorithms = mergeAlgorithms(checksums, hashAlgorithmsOf(announced), hashAlgorithmsOf(hashes))
  const spec = { name, contentType, checksums: algorithms }
  const answer = await unlessFenced(async () => {
    const writer = await storage.uploads.claim(spec, expectedBytes)
    return writer && (await work(writer).finally(writer.release))
  })
  if (answer === 'fenced') return { kind: 'cut' }
  if (answer === null) return findObject(context, name)
  // The session ended before this writer claimed the upload, so nothing else deletes the bytes that it added.
  if (hasEnded(answer)) await deleteUploadBytes(context, session)
  return answer
}

/** The failure of a dead session is null when its bytes may still be complete. */
function hasEnded(answer: { readonly kind: string; readonly failure?: unknown }): boolean {
  const { kind, failure } = answer
  return kind === 'cancelled' || kind === 'expired' || (kind === 'dead' && failure !== null)
}

/** Returns the object of an upload that takes no more writers. */
async function findObject({ storage }: HostingContext, name: string): Promise<UploadAnswer> {
  const object = await storage.stat(name)
  return object ? { kind: 'object', object, file: null, isNew: false } : { kind: 'unknown' }
}

/** Returns the result of the work; `fenced` when a newer request has taken over the upload. */
async function unlessFenced<Result>(work: () => Promise<Result>): Promise<Result | 'fenced'> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') return 'fenced'
    throw error
  }
}

/**
 * Ends a request that still appends to the upload, in any process, keeps the bytes that it has received, and returns the
 * progress. The returned offset stays valid until another request appends. With `completes`, completes an upload whose
 * bytes have all arrived.
 */
export async function fenceUpload(
  context: HostingContext,
  session: UploadSession,
  arrival: Arrival,
  completes: boolean,
): Promise<UploadAnswer> {
  if (!arrival.enter()) return { kind: 'cut' }
  const { objectName: name, contentType } = session
  const offset = await unlessFenced(() => context.storage.uploads.fence({ name, contentType }))
  if (offset === 'fenced') return { kind: 'cut' }
  if (offset === null) return findObject(context, name)
  const current = await endOfSession(context, session)
  if (current.answer) {
    // The session ended before the claim, so nothing else deletes what the claim added.
    await deleteUploadBytes(context, session)
    return current.answer
  }
  const { sizeBytes } = current.session
  return completes && offset === sizeBytes
    ? completeUpload(context, current.session, offset)
    : resumeAt(offset, current.session)
}

/**
 * Completes an upload whose `sizeBytes` bytes have all arrived. Concurrent callers all get the same object; returns the
 * progress of the upload when bytes are missing.
 */
export async function completeUpload(
  context: HostingContext,
  session: UploadSession,
  sizeBytes: number,
): Promise<UploadAnswer> {
  const answer = await withWriter(context, session, NO_BODY, async (writer) => {
    const current = await endOfSession(context, session)
    if (current.answer) return current.answer
    if (writer.startOffset !== sizeBytes) return resumeAt(writer.startOffset, current.session)
    return finalizeUpload(context, current.session, writer, sizeBytes)
  })
  if (answer.kind !== 'cut') return answer
  const progress = await findProgress(context, session)
  const isComplete = progress.kind === 'resume' && progress.offset === sizeBytes
  return isComplete ? completeUpload(context, session, sizeBytes) : progress
}

/** Returns the offset of the upload, or its object when it has been completed since the session was read. */
export async function findProgress(
  { storage }: HostingContext,
  session: UploadSession,
): Promise<Extract<UploadAnswer, { kind: 'resume' | 'object' }>> {
  const offset = await storage.uploads.offset(session.objectName)
  if (offset > 0) return resumeAt(offset, session)
  // An upload that has just been completed has no offset any more.
  const object = await storage.stat(session.objectName)
  return object ? { kind: 'object', object, file: null, isNew: false } : resumeAt(offset, session)
}

function resumeAt(offset: number, { sizeBytes }: UploadSession) {
  return { kind: 'resume', offset, sizeBytes } as const
}

/** A session that continues, or the answer to the request. */
type Continued =
  | { readonly session: UploadSession; readonly answer: null }
  | { readonly session: null; readonly answer: UploadAnswer }

const answered = (answer: UploadAnswer): Continued => ({ session: null, answer })

/** Sets the length that a request tells, if it tells one. Call it as the writer of the upload. */
export async function settleLength(
  { database }: Pick<Context, 'database'>,
  session: UploadSession,
  offset: number,
  totalBytes: number | null,
): Promise<Continued> {
  const { organizationId, fileId, sizeBytes, maxSizeBytes } = session
  if (totalBytes === null || totalBytes === sizeBytes) return { session, answer: null }
  if (sizeBytes !== null) return answered({ kind: 'other-length', sizeBytes, offset })
  if (totalBytes > maxSizeBytes) return answered({ kind: 'too-large', maxBytes: maxSizeBytes, offset })
  if (totalBytes < offset) return answered({ kind: 'wrong-size', sizeBytes: totalBytes, offset })
  switch (await database.uploadSessions.setLength(organizationId, fileId, totalBytes)) {
    case 'set':
      return { session: { ...session, sizeBytes: totalBytes, reservedBytes: totalBytes }, answer: null }
    case 'no-room':
      return answered({ kind: 'no-room', offset })
    case 'other-length': {
      const current = await database.uploadSessions.findByFileId(organizationId, fileId)
      return answered({ kind: 'other-length', sizeBytes: current?.sizeBytes ?? totalBytes, offset })
    }
    case 'ended': {
      const current = await endOfSession({ database }, session)
      return current.answer ? current : answered({ kind: 'dead', failure: null })
    }
  }
}

/**
 * Reads the session again when its bytes have arrived: a hash may have been announced, or the session ended or its content
 * refused, meanwhile. An end after this read is not seen here. It deletes the bytes itself, because it waits for the writer.
 */
export async function endOfSession(
  { database }: Pick<Context, 'database'>,
  { organizationId, fileId }: UploadSession,
): Promise<Continued> {
  const session = await database.uploadSessions.findByFileId(organizationId, fileId)
  if (session === null || session.state.kind === 'cancelled') {
    return answered({ kind: 'cancelled', isNew: false })
  }
  if (session.state.kind === 'expired') return answered({ kind: 'expired' })
  if (session.failure) return answered({ kind: 'dead', failure: session.failure })
  return { session, answer: null }
}

/**
 * Publishes the object if its bytes match all announced hashes; else marks the session dead and deletes its bytes. Sets
 * an unknown length to `sizeBytes`. `small` has the bytes that the writer received, if they are all in memory: notes their
 * type for an object of this writer.
 */
export async function finalizeUpload(
  context: HostingContext,
  session: UploadSession,
  writer: UploadWriter,
  sizeBytes: number,
  small: SmallContent | null = null,
): Promise<UploadAnswer> {
  const settled = await settleLength(context, session, writer.startOffset, session.sizeBytes ?? sizeBytes)
  if (settled.answer) return settled.answer
  const finalized = await writer.finalize(session.announced)
  if (finalized.kind === 'mismatch') {
    const { algorithm, expected, actual } = finalized
    const message = `the ${algorithm} of the file is ${actual}, not ${expected}`
    const failure = { code: 'CHECKSUM_MISMATCH', message } as const
    return markDead(context, session, failure, { ...finalized, kind: 'hash-mismatch' })
  }
  const { object, isOwn } = finalized
  if (isOwn) await small?.noteFor(object)
  return { kind: 'object', object, file: null, isNew: true }
}

/** Ends the writer, marks the session as dead because its body is too long, and deletes its bytes. Returns the answer. */
export async function endDead<Answer>(
  context: HostingContext,
  session: UploadSession,
  writer: UploadWriter,
  answer: Answer,
): Promise<Answer> {
  await writer.release()
  const message = `the upload has more than ${session.sizeBytes ?? session.maxSizeBytes} bytes`
  return markDead(context, session, { code: 'FILE_TOO_LARGE', message }, answer)
}

/** Only a session that registers by itself keeps the reason: its File will never come, and subscribers of events wait for it. */
async function markDead<Answer>(
  { database, storage }: HostingContext,
  { organizationId, fileId, objectName, registers }: UploadSession,
  failure: UploadFailure,
  answer: Answer,
): Promise<Answer> {
  if (registers === 'when-complete') await database.uploadSessions.fail(organizationId, fileId, failure)
  else await database.uploadSessions.markEmpty(organizationId, fileId)
  await storage.uploads.cancel(objectName)
  return answer
}
