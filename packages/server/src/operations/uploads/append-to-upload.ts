import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import {
  type AnnouncedHashes,
  isSameHashes,
  mergeHashes,
  type UploadSession,
} from '../../domain/uploads/upload-session.ts'
import type { UploadWriter } from '../../storage/hosted-uploads.ts'
import type { Context } from '../context.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import type { HostingContext } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** The bytes of one request and their position in the upload. */
export interface AppendRequest {
  /** Position of the first byte of the body. */
  readonly start: number
  /** Position after the last byte of the body; null when the body may reach the end of the upload. */
  readonly end: number | null
  readonly body: Readable
  /** Declared length of the body; null when only its end shows it. */
  readonly bodyBytes: number | null
  readonly hashes: AnnouncedHashes
}

/** The rules of a protocol for the bytes of a request. */
export interface AppendPolicy<Refusal> {
  /** `exact`: the body must begin at the offset of the upload. `skip`: bytes before the offset are skipped. */
  readonly overlap: 'exact' | 'skip'
  /** A body that does not complete the upload is kept in multiples of this number of bytes. */
  readonly quantumBytes: number
  /**
   * Returns the refusal of a body of this length; null to accept it. Called with the declared length before the body
   * is read, and with the actual one after it. No byte of a refused body is kept.
   */
  refuseLength(bodyBytes: number): Refusal | null
}

/**
 * Appends the body of a request to an upload, and completes the upload when its last byte has arrived. Takes over from
 * an older request that still appends. Bytes of an interrupted body are kept.
 * Throws STORAGE_FULL, STORAGE_UNAVAILABLE.
 */
export async function appendToUpload<Refusal extends { kind: string } = never>(
  context: HostingContext,
  session: UploadSession,
  arrival: Arrival,
  request: AppendRequest,
  policy: AppendPolicy<Refusal>,
): Promise<UploadAnswer | Refusal> {
  if (!arrival.enter()) return { kind: 'cut' }
  const { start, end, body, bodyBytes, hashes } = request
  return withWriter(context, session, { expectedBytes: bodyBytes, md5: hashes.md5 }, async (writer) => {
    const { startOffset } = writer
    if (start > startOffset || (policy.overlap === 'exact' && start < startOffset)) {
      return { kind: 'gap', start, offset: startOffset }
    }
    const earlyRefusal = bodyBytes === null ? null : policy.refuseLength(bodyBytes)
    if (earlyRefusal) return earlyRefusal
    // After the refusals, because a refused request announces nothing. Before the body, because a crash must not
    // leave bytes without their hash.
    if ((await announceHashes(context, session, hashes)) === null) return { kind: 'other-hash' }
    const maxBytes = (end ?? session.sizeBytes) - start
    const skipBytes = Math.min(startOffset - start, maxBytes)
    const appended = await writer.append(body, { skipBytes, maxBytes: maxBytes - skipBytes })
    if (appended.ended === 'interrupted' || appended.ended === 'taken-over') {
      await writer.commit(appended.offset)
      return { kind: 'cut' }
    }
    const refusal = policy.refuseLength(appended.bodyBytes)
    if (refusal) {
      await writer.commit(startOffset)
      return refusal
    }
    const current = await readSession(context, session)
    if (current.end) return current.end
    if (start + appended.bodyBytes >= session.sizeBytes) return finalize(context, current.session, writer)
    const kept = appended.bodyBytes - (appended.bodyBytes % policy.quantumBytes)
    const offset = Math.max(startOffset, start + kept)
    await writer.commit(offset)
    return { kind: 'resume', offset }
  })
}

/**
 * Completes an upload whose bytes have all arrived. Concurrent callers all get the same object; returns the progress of
 * the upload when bytes are missing.
 */
export async function completeUpload(context: HostingContext, session: UploadSession): Promise<UploadAnswer> {
  const answer = await withWriter(context, session, { expectedBytes: null, md5: null }, async (writer) => {
    const current = await readSession(context, session)
    return current.end ?? finalize(context, current.session, writer)
  })
  if (answer.kind !== 'cut') return answer
  const progress = await findProgress(context, session)
  const isComplete = progress.kind === 'resume' && progress.offset >= session.sizeBytes
  return isComplete ? completeUpload(context, session) : progress
}

/** Returns the offset of the upload, or its object when it has been completed since the session was read. */
export async function findProgress(
  { storage }: HostingContext,
  { objectName }: UploadSession,
): Promise<Extract<UploadAnswer, { kind: 'resume' | 'object' }>> {
  const offset = await storage.uploads.offset(objectName)
  if (offset > 0) return { kind: 'resume', offset }
  // An upload that has just been completed has no offset any more.
  const object = await storage.stat(objectName)
  return object ? { kind: 'object', object } : { kind: 'resume', offset }
}

/** Records the hashes of a request; returns all announced ones, or null when a hash differs from an earlier one. */
export async function announceHashes(
  { database }: Pick<Context, 'database'>,
  { organizationId, fileId, announced }: UploadSession,
  added: AnnouncedHashes,
): Promise<AnnouncedHashes | null> {
  const merged = mergeHashes(announced, added)
  if (merged === null || isSameHashes(merged, announced)) return merged
  const standing = await database.uploadSessions.announce(organizationId, fileId, added)
  return standing && mergeHashes(standing, added)
}

/** Declared properties of a body; a field is null when it is not declared. */
interface DeclaredBody {
  readonly expectedBytes: number | null
  readonly md5: string | null
}

/** Claims the upload for the duration of `work`, also from an older request. */
async function withWriter<Refusal extends { kind: string } = never>(
  context: HostingContext,
  session: UploadSession,
  { expectedBytes, md5 }: DeclaredBody,
  work: (writer: UploadWriter) => Promise<UploadAnswer | Refusal>,
): Promise<UploadAnswer | Refusal> {
  const { storage } = context
  const { objectName: name, contentType, checksums, announced } = session
  const isMd5Announced = md5 !== null || announced.md5 !== null
  const spec = { name, contentType, checksums: mergeAlgorithms(checksums, isMd5Announced ? ['md5'] : []) }
  try {
    const writer = await storage.uploads.claim(spec, expectedBytes)
    if (writer) {
      const answer = await work(writer).finally(writer.release)
      // The session ended before this writer claimed the upload, so nothing else deletes the bytes that it added.
      if (answer.kind === 'cancelled' || answer.kind === 'gone') await deleteUploadBytes(context, session)
      return answer
    }
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') return { kind: 'cut' }
    throw error
  }
  const object = await storage.stat(name)
  return object ? { kind: 'object', object } : { kind: 'unknown' }
}

/**
 * Reads the session again when its bytes have arrived: a hash may have been announced, or the session ended, meanwhile.
 * An end after this read is not seen here. It deletes the bytes itself, because it waits for this writer.
 */
async function readSession(
  { database }: Context,
  { organizationId, fileId }: UploadSession,
): Promise<{ session: UploadSession; end: null } | { session: null; end: UploadAnswer }> {
  const session = await database.uploadSessions.findByFileId(organizationId, fileId)
  if (session === null || session.state.kind === 'cancelled')
    return { session: null, end: { kind: 'cancelled' } }
  if (session.state.kind === 'expired') return { session: null, end: { kind: 'gone' } }
  return { session, end: null }
}

/** Publishes the object if its bytes match all announced hashes; else marks the session dead and deletes its bytes. */
async function finalize(
  context: HostingContext,
  { organizationId, fileId, objectName, announced }: UploadSession,
  writer: UploadWriter,
): Promise<UploadAnswer> {
  const finalized = await writer.finalize(announced)
  if (finalized.kind === 'object') return finalized
  await context.database.uploadSessions.markDead(organizationId, fileId)
  await context.storage.uploads.cancel(objectName)
  return { ...finalized, kind: 'hash-mismatch' }
}
