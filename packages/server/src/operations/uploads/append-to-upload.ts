import type { Readable } from 'node:stream'
import type { AnnouncedHashes, UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Appended, UploadWriter } from '../../storage/hosted-uploads.ts'
import { announceHashes } from './announce-hashes.ts'
import { type BodyDigest, type BodyDigestCheck, createBodyDigestCheck } from './body-digest.ts'
import { endDead, endOfSession, finalizeUpload, settleLength, withWriter } from './finish-upload.ts'
import type { HostingContext } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import { createSessionRoom, type SessionRoom } from './session-room.ts'
import { collectSmall, type SmallContent } from './small-content.ts'
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
  /** Length of the upload that this request tells; null when it tells none. */
  readonly totalBytes: number | null
  /** Hashes of the complete object that this request announces. */
  readonly hashes: AnnouncedHashes
  /** Digest of the body itself, with `overlap: 'exact'`; null for none. No byte of the body counts before it is verified. */
  readonly bodyDigest: BodyDigest | null
  /** Called with the durable offset when it has grown while the body arrives; null to ignore it. */
  readonly onDurable: ((offset: number) => void) | null
}

/** The rules of a protocol for the bytes of a request. */
export interface AppendPolicy<Refusal> {
  /** `exact`: the body must begin at the offset of the upload. `skip`: bytes before the offset are skipped. */
  readonly overlap: 'exact' | 'skip'
  /** A body that does not complete the upload is kept in multiples of this number of bytes. */
  readonly quantumBytes: number
  /**
   * Completion of the upload by this request. `at-length`: when the length is known and all bytes have arrived.
   * `at-end`: the end of the body is the end of the upload, and sets an unknown length. `never`: another request will
   * complete it.
   */
  readonly completes: 'at-length' | 'at-end' | 'never'
  /**
   * Effect of a body that passes the length of the upload without declaring it, or the largest length. `refuse`: none of
   * its bytes are kept. `fail`: the session is dead. A declared body that is too long is refused before it is read.
   */
  readonly overrun: 'refuse' | 'fail'
  /**
   * Returns the refusal of a body of this length; null to accept it. Called with the declared length before the body
   * is read, and with the actual one after it. No byte of a refused body is kept.
   */
  refuseLength?(bodyBytes: number): Refusal | null
}

/** Upper bound of a body with its own digest, because a lost connection loses all of it. */
export const MAX_DIGESTED_BYTES = 256 * 1024 * 1024

/** One append under the claim of its writer. */
interface Append<Refusal> {
  readonly context: HostingContext
  readonly session: UploadSession
  readonly request: AppendRequest
  readonly policy: AppendPolicy<Refusal>
  readonly writer: UploadWriter
}

type Answer<Refusal> = UploadAnswer | Refusal

/**
 * Appends the body of a request to an upload, and completes the upload when its last byte has arrived. Takes over from
 * an older request that still appends. Bytes of an interrupted body are kept, unless the body has its own digest.
 * Throws STORAGE_FULL, STORAGE_UNAVAILABLE.
 */
export async function appendToUpload<Refusal extends { kind: string } = never>(
  context: HostingContext,
  session: UploadSession,
  arrival: Arrival,
  request: AppendRequest,
  policy: AppendPolicy<Refusal>,
): Promise<Answer<Refusal>> {
  if (!arrival.enter()) return { kind: 'cut' }
  const { bodyBytes: expectedBytes, hashes } = request
  return withWriter<Refusal>(context, session, { expectedBytes, hashes }, async (writer) => {
    const append = { context, session, request, policy, writer }
    const early = refuseEarly(append)
    if (early) return early
    const overrun = await refuseDeclaredEnd(append)
    if (overrun) return overrun
    const settled = await settleLength(context, session, writer.startOffset, request.totalBytes)
    if (settled.answer) return settled.answer
    const sized = { ...append, session: settled.session }
    // After the refusals, because a refused request announces nothing. Before the body, because a crash must not
    // leave bytes without their hash.
    if ((await announceHashes(context, session, hashes)) === null) return { kind: 'other-hash' }
    const room = createSessionRoom(context, settled.session, request)
    if (!(await room.open())) return refuseRoom(sized, writer.startOffset)
    return appendBody(sized, room)
  })
}

/** Returns the refusal of a request before its body is read. */
function refuseEarly<Refusal>({ session, request, policy, writer }: Append<Refusal>): Answer<Refusal> | null {
  const { start, bodyBytes, totalBytes, bodyDigest } = request
  const { startOffset: offset } = writer
  if (start > offset || (policy.overlap === 'exact' && start < offset)) return { kind: 'gap', start, offset }
  const { sizeBytes } = session
  if (sizeBytes !== null && totalBytes !== null && totalBytes !== sizeBytes) {
    return { kind: 'other-length', sizeBytes, offset }
  }
  const refusal = bodyBytes === null ? null : (policy.refuseLength?.(bodyBytes) ?? null)
  if (refusal) return refusal
  if (bodyDigest !== null && (bodyBytes ?? 0) > MAX_DIGESTED_BYTES) {
    return { kind: 'too-large', maxBytes: MAX_DIGESTED_BYTES, offset }
  }
  return null
}

/** Returns the refusal of a request whose declared end passes the length of the upload, or the largest one. */
async function refuseDeclaredEnd<Refusal>({
  context,
  session,
  request: { start, bodyBytes, totalBytes },
  policy,
  writer,
}: Append<Refusal>): Promise<UploadAnswer | null> {
  const end = start + (bodyBytes ?? 0)
  const { startOffset: offset } = writer
  const { sizeBytes, maxSizeBytes } = session
  if (sizeBytes === null && end > maxSizeBytes && policy.overrun === 'fail') {
    return endDead(context, session, writer, { kind: 'too-large', maxBytes: maxSizeBytes, offset })
  }
  return refuseEnd(session, end, totalBytes, offset)
}

/** Returns the refusal of another length, or of a body that would end after the length or the largest one. */
function refuseEnd(
  { sizeBytes, maxSizeBytes }: UploadSession,
  end: number,
  totalBytes: number | null,
  offset: number,
): UploadAnswer | null {
  const length = sizeBytes ?? totalBytes
  if (sizeBytes !== null && totalBytes !== null && totalBytes !== sizeBytes) {
    return { kind: 'other-length', sizeBytes, offset }
  }
  if (length !== null && end > length) return { kind: 'wrong-size', sizeBytes: length, offset }
  if (length === null && end > maxSizeBytes) return { kind: 'too-large', maxBytes: maxSizeBytes, offset }
  return null
}

async function appendBody<Refusal>(append: Append<Refusal>, room: SessionRoom): Promise<Answer<Refusal>> {
  const small = collectWhole(append)
  try {
    return await appendAndConclude(append, room, small)
  } finally {
    small?.release()
  }
}

/** Collects a body that is the whole of a small upload; returns null for every other one. */
function collectWhole<Refusal>({
  context,
  session: { registers, sizeBytes },
  request: { bodyBytes },
  policy: { completes },
  writer,
}: Append<Refusal>): SmallContent | null {
  if (registers === 'never' || bodyBytes === null || writer.startOffset > 0) return null
  const isWhole =
    sizeBytes === null ? completes === 'at-end' : completes !== 'never' && sizeBytes === bodyBytes
  return isWhole ? collectSmall(context, bodyBytes) : null
}

async function appendAndConclude<Refusal>(
  append: Append<Refusal>,
  room: SessionRoom,
  small: SmallContent | null,
): Promise<Answer<Refusal>> {
  const { session, request, writer } = append
  const { start, end, body, bodyDigest, onDurable } = request
  const { startOffset } = writer
  const check = bodyDigest && createBodyDigestCheck(bodyDigest)
  const last = Math.min(
    end ?? session.sizeBytes ?? session.maxSizeBytes,
    check === null ? Number.MAX_SAFE_INTEGER : start + MAX_DIGESTED_BYTES,
  )
  const maxBytes = last - start
  const skipBytes = Math.min(startOffset - start, maxBytes)
  const onBytes = (bytes: Uint8Array) => {
    check?.update(bytes)
    small?.add(bytes)
  }
  const appended = await writer.append(body, {
    skipBytes,
    maxBytes: maxBytes - skipBytes,
    ...(room.body && { room: room.body }),
    ...(check && { isTentative: true }),
    ...((check || small) && { onBytes }),
    ...(onDurable && { onDurable }),
  })
  const refused = await refuseBody(append, appended, room, check)
  if (refused) return refused
  return concludeBody(append, appended, small)
}

/** Keeps the bytes up to the offset, because the quota allows no more. */
async function refuseRoom<Refusal>(
  { context, session, writer }: Append<Refusal>,
  offset: number,
): Promise<UploadAnswer> {
  // A session that has ended reserves nothing.
  const current = await endOfSession(context, session)
  if (current.answer) return current.answer
  await writer.commit(offset)
  return { kind: 'no-room', offset }
}

/** Ends the request when the body is cut, too long or refused. Returns null when its bytes may be kept. */
async function refuseBody<Refusal>(
  append: Append<Refusal>,
  { bodyBytes, offset, ended }: Appended,
  room: SessionRoom,
  check: BodyDigestCheck | null,
): Promise<Answer<Refusal> | null> {
  const { context, session, request, policy, writer } = append
  const { startOffset } = writer
  const keptOffset = check ? startOffset : Math.min(offset, Math.max(startOffset, room.reservedOffset()))
  if (ended === 'interrupted' || ended === 'taken-over') {
    await writer.commit(keptOffset)
    return { kind: 'cut' }
  }
  const drop = async (answer: Answer<Refusal>) => {
    await writer.commit(startOffset)
    return answer
  }
  if (ended === 'too-long' && room.isExhausted()) return refuseRoom(append, keptOffset)
  const refusal = policy.refuseLength?.(bodyBytes)
  if (refusal) return drop(refusal)
  const overrun = refuseEnd(session, request.start + bodyBytes, null, startOffset)
  if (overrun) return policy.overrun === 'refuse' ? drop(overrun) : endDead(context, session, writer, overrun)
  if (check === null) return null
  if (ended === 'too-long')
    return drop({ kind: 'too-large', maxBytes: MAX_DIGESTED_BYTES, offset: startOffset })
  const problem = check.problem()
  return problem && drop({ ...problem, offset: startOffset })
}

/** Completes the upload, or keeps the bytes of the body. */
async function concludeBody<Refusal>(
  { context, session, request, policy, writer }: Append<Refusal>,
  { bodyBytes }: Appended,
  small: SmallContent | null,
): Promise<UploadAnswer> {
  const current = await endOfSession(context, session)
  if (current.answer) return current.answer
  const { sizeBytes } = current.session
  const end = request.start + bodyBytes
  const isComplete = sizeBytes === null ? policy.completes === 'at-end' : end >= sizeBytes
  if (isComplete && policy.completes !== 'never') {
    return finalizeUpload(context, current.session, writer, Math.max(end, writer.startOffset), small)
  }
  const keptBytes = bodyBytes - (bodyBytes % policy.quantumBytes)
  const offset = Math.max(writer.startOffset, request.start + keptBytes)
  await writer.commit(offset)
  if (policy.completes === 'at-end' && sizeBytes !== null) return { kind: 'wrong-size', sizeBytes, offset }
  return { kind: 'resume', offset, sizeBytes }
}
