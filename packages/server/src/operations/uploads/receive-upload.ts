import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import {
  type AnnouncedHashes,
  CHUNK_QUANTUM_BYTES,
  isSameHashes,
  mergeHashes,
  type UploadSession,
} from '../../domain/uploads/upload-session.ts'
import type { UploadWriter } from '../../storage/storage.ts'
import type { Context } from '../context.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import { findForeignSession, findUploadSession } from './find-upload-session.ts'
import { type HostingContext, isHosting } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Which bytes a request carries. */
export type UploadRange =
  /** From `start` to the end of the body, which ends the upload. */
  | { readonly kind: 'rest'; readonly start: number; readonly total: number | null }
  /** Both positions inclusive. */
  | { readonly kind: 'chunk'; readonly start: number; readonly end: number; readonly total: number | null }
  /** None: a question. */
  | { readonly kind: 'status'; readonly total: number | null }

export interface UploadRequest {
  /** Null when it could not be read. */
  readonly range: UploadRange | null
  /** Null when it could not be read. */
  readonly hashes: AnnouncedHashes | null
  readonly body: Readable
  /** Null when the body says its length only by ending. */
  readonly bodyBytes: number | null
}

type DataRange = Exclude<UploadRange, { kind: 'status' }>

/** A session as one request found it. */
interface Upload extends UploadSession {
  readonly arrival: Arrival
}

/**
 * PUT on a session URI. The checks stand in the protocol's order: the session's state, the syntax of the
 * range, the total against the announced size, a gap, then the body.
 */
export async function receiveUpload(
  context: Context,
  uploadId: string,
  request: UploadRequest,
): Promise<UploadAnswer> {
  if (!isHosting(context)) return findForeignSession(context, uploadId)
  const arrival = context.arrivals.arrive(uploadId)
  try {
    return await receive(context, uploadId, arrival, request)
  } finally {
    arrival.leave()
  }
}

async function receive(
  context: HostingContext,
  uploadId: string,
  arrival: Arrival,
  request: UploadRequest,
): Promise<UploadAnswer> {
  const found = await findUploadSession(context, uploadId)
  if (found.answer) return found.answer
  const { session } = found
  const { organizationId, fileId, sizeBytes, state } = session
  const { range } = request
  if (range === null) {
    await context.database.uploadSessions.markDead(organizationId, fileId)
    return { kind: 'unparseable-range' }
  }
  if (range.kind !== 'status' && state.kind === 'small-chunk') return state
  if (range.total !== null && range.total !== sizeBytes) return { kind: 'wrong-size', sizeBytes }
  if (range.kind === 'chunk' && range.end >= sizeBytes) return { kind: 'wrong-size', sizeBytes }

  if (request.hashes === null) return { kind: 'unparseable-hash' }
  if (mergeHashes(session.announced, request.hashes) === null) return { kind: 'other-hash' }
  if (range.kind !== 'status')
    return receiveBody(context, { ...session, arrival }, range, request.hashes, request)

  const hashes = await announce(context, session, request.hashes)
  if (hashes === null) return { kind: 'other-hash' }
  const answer = await findProgress(context, session)
  // Clients end an upload of an exact number of chunks by asking with the total; asking without never ends it.
  const isWhole = answer.kind === 'resume' && answer.offset === sizeBytes
  return isWhole && range.total !== null ? finalizeWhole(context, { ...session, announced: hashes }) : answer
}

/** How far the upload is; the object where it has become whole since the session was looked at. */
async function findProgress(
  { storage }: HostingContext,
  { objectName }: UploadSession,
): Promise<Extract<UploadAnswer, { kind: 'resume' | 'object' }>> {
  const offset = await storage.uploads.offset(objectName)
  if (offset > 0) return { kind: 'resume', offset }
  // No upload is left of one whose last byte was on its way to the disk.
  const object = await storage.stat(objectName)
  return object ? { kind: 'object', object } : { kind: 'resume', offset }
}

/** All that has been announced by now, or null when `added` differs from it. */
async function announce(
  { database }: Context,
  { organizationId, fileId, announced }: UploadSession,
  added: AnnouncedHashes,
): Promise<AnnouncedHashes | null> {
  const merged = mergeHashes(announced, added)
  if (merged === null || isSameHashes(merged, announced)) return merged
  const standing = await database.uploadSessions.announce(organizationId, fileId, added)
  return standing && mergeHashes(standing, added)
}

/** Ends an upload whose bytes are all there. Others may ask the same at once: all are answered with one object. */
async function finalizeWhole(context: HostingContext, session: UploadSession): Promise<UploadAnswer> {
  const { storage } = context
  const answer = await withWriter(context, session, { expectedBytes: null, md5: null }, (writer) =>
    finalize(context, session, writer),
  )
  if (answer.kind !== 'cut') return answer
  const object = await storage.stat(session.objectName)
  if (object) return { kind: 'object', object }
  const offset = await storage.uploads.offset(session.objectName)
  return offset < session.sizeBytes ? { kind: 'resume', offset } : finalizeWhole(context, session)
}

/** Properties of a body that its request declares; a field is null when it is not declared. */
interface Coming {
  readonly expectedBytes: number | null
  readonly md5: string | null
}

/** Takes the upload over, from an older request too, for as long as `work` needs. */
async function withWriter(
  context: HostingContext,
  session: UploadSession,
  { expectedBytes, md5 }: Coming,
  work: (writer: UploadWriter) => Promise<UploadAnswer>,
): Promise<UploadAnswer> {
  const { storage } = context
  const { objectName: name, contentType, checksums, announced } = session
  const isMd5Announced = md5 !== null || announced.md5 !== null
  const spec = { name, contentType, checksums: mergeAlgorithms(checksums, isMd5Announced ? ['md5'] : []) }
  try {
    const writer = await storage.uploads.claim(spec, expectedBytes)
    if (writer) return await workUnlessEnded(context, session, writer, work)
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') return { kind: 'cut' }
    throw error
  }
  const object = await storage.stat(session.objectName)
  return object ? { kind: 'object', object } : { kind: 'unknown' }
}

/**
 * A cancel can come between the look at the session and the claim, or while the last byte is written, and so can the
 * end of its time: they have the last word, and what was made after them is removed.
 */
async function workUnlessEnded(
  context: HostingContext,
  session: UploadSession,
  writer: UploadWriter,
  work: (writer: UploadWriter) => Promise<UploadAnswer>,
): Promise<UploadAnswer> {
  let end: UploadAnswer | null
  try {
    end = await findEnd(context, session)
    if (end) return end
    const answer = await work(writer)
    end = answer.kind === 'object' ? await findEnd(context, session) : null
    if (end === null) return answer
  } finally {
    await writer.release()
  }
  await deleteUploadBytes(context, session)
  return end
}

/** The answer of a session that has been cancelled or has expired by now, or null. */
async function findEnd(
  { database }: Context,
  { organizationId, fileId }: UploadSession,
): Promise<UploadAnswer | null> {
  const session = await database.uploadSessions.findByFileId(organizationId, fileId)
  if (session?.state.kind === 'expired') return { kind: 'gone' }
  return session === null || session.state.kind === 'cancelled' ? { kind: 'cancelled' } : null
}

async function receiveBody(
  context: HostingContext,
  session: Upload,
  range: DataRange,
  hashes: AnnouncedHashes,
  { body, bodyBytes }: Pick<UploadRequest, 'body' | 'bodyBytes'>,
): Promise<UploadAnswer> {
  if (!session.arrival.enter()) return { kind: 'cut' }
  const coming = { expectedBytes: bodyBytes, md5: hashes.md5 }
  return withWriter(context, session, coming, async (writer) => {
    const { startOffset } = writer
    if (range.start > startOffset) return { kind: 'gap', start: range.start, offset: startOffset }
    if (bodyBytes !== null) {
      const refusal = await refuseLength(context, session, range, bodyBytes)
      if (refusal) return refusal
    }
    // Of a request that is refused nothing is kept; and a body that a crash ends must not outlive its hash.
    if ((await announce(context, session, hashes)) === null) return { kind: 'other-hash' }
    const expectedBytes =
      range.kind === 'chunk' ? range.end - range.start + 1 : session.sizeBytes - range.start
    const skipBytes = Math.min(startOffset - range.start, expectedBytes)
    const appended = await writer.append(body, { skipBytes, maxBytes: expectedBytes - skipBytes })
    if (appended.ended === 'interrupted' || appended.ended === 'taken-over') {
      await writer.commit(appended.offset)
      return { kind: 'cut' }
    }
    const refusal = await refuseLength(context, session, range, appended.bodyBytes)
    if (refusal) {
      await writer.commit(startOffset)
      return refusal
    }
    const endOffset = range.kind === 'rest' ? range.start + appended.bodyBytes : range.end + 1
    if (endOffset === session.sizeBytes) return finalize(context, session, writer)
    if (range.kind === 'rest') {
      await writer.commit(appended.offset)
      return { kind: 'wrong-size', sizeBytes: session.sizeBytes }
    }
    const kept = appended.bodyBytes - (appended.bodyBytes % CHUNK_QUANTUM_BYTES)
    const offset = Math.max(startOffset, range.start + kept)
    await writer.commit(offset)
    return { kind: 'resume', offset }
  })
}

/** Why a body of this length is refused whole, or null; the body's own end is only known for a clean one. */
async function refuseLength(
  { database }: Context,
  { organizationId, fileId, sizeBytes }: UploadSession,
  range: DataRange,
  bodyBytes: number,
): Promise<UploadAnswer | null> {
  if (range.kind === 'rest') {
    return range.start + bodyBytes > sizeBytes ? { kind: 'wrong-size', sizeBytes } : null
  }
  const { start, end } = range
  if (bodyBytes !== end - start + 1) return { kind: 'wrong-length', bodyBytes, start, end }
  const isFinal = end + 1 === sizeBytes
  if (isFinal || bodyBytes >= CHUNK_QUANTUM_BYTES) return null
  await database.uploadSessions.refuseSmallChunks(organizationId, fileId, bodyBytes)
  return { kind: 'small-chunk', bodyBytes }
}

/** Checks all that has been announced by now: others may have announced a hash while the body came. */
async function finalize(
  context: HostingContext,
  session: UploadSession,
  writer: UploadWriter,
): Promise<UploadAnswer> {
  const { organizationId, fileId, objectName } = session
  const { uploadSessions } = context.database
  const standing = await uploadSessions.findByFileId(organizationId, fileId)
  const finalized = await writer.finalize(standing?.announced ?? session.announced)
  if (finalized.kind === 'object') return finalized
  await uploadSessions.markDead(organizationId, fileId)
  await context.storage.uploads.cancel(objectName)
  return { ...finalized, kind: 'hash-mismatch' }
}
