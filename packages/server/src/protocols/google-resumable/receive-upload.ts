import type { Readable } from 'node:stream'
import { type AnnouncedHashes, mergeHashes, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../../operations/context.ts'
import {
  type AppendPolicy,
  announceHashes,
  appendToUpload,
  completeUpload,
  findProgress,
} from '../../operations/uploads/append-to-upload.ts'
import { findRetiredSession, findUploadSession } from '../../operations/uploads/find-upload-session.ts'
import { type HostingContext, isHosting } from '../../operations/uploads/hosting-context.ts'
import type { Arrival } from '../../operations/uploads/request-order.ts'
import type { UploadAnswer } from '../../operations/uploads/upload-answer.ts'

/** A chunk that is not the last must have at least this many bytes, and is kept in multiples of it. */
export const CHUNK_QUANTUM_BYTES = 256 * 1024

/** Position of the bytes of a request. */
export type UploadRange =
  /** Bytes from `start` to the end of the body, which completes the upload. */
  | { readonly kind: 'rest'; readonly start: number; readonly total: number | null }
  /** Both positions inclusive. */
  | { readonly kind: 'chunk'; readonly start: number; readonly end: number; readonly total: number | null }
  /** Status query, without bytes. */
  | { readonly kind: 'status'; readonly total: number | null }

export interface UploadRequest {
  /** Parsed Content-Range; null when it is malformed. */
  readonly range: UploadRange | null
  /** Parsed X-Goog-Hash; null when it is malformed. */
  readonly hashes: AnnouncedHashes | null
  readonly body: Readable
  /** Declared length of the body; null when it is not declared. */
  readonly bodyBytes: number | null
}

/** Outcomes of this protocol: those of every upload, and those of its own rules. */
export type ResumableAnswer =
  | UploadAnswer
  | { readonly kind: 'unparseable-range' }
  | { readonly kind: 'unparseable-hash' }
  | LengthRefusal

type LengthRefusal =
  | { readonly kind: 'wrong-size'; readonly sizeBytes: number }
  | {
      readonly kind: 'wrong-length'
      readonly bodyBytes: number
      readonly start: number
      readonly end: number
    }
  | SmallChunk

/** A chunk that was too small and not the last: every later data request gets the same refusal. */
interface SmallChunk {
  readonly kind: 'small-chunk'
  readonly bodyBytes: number
}

type DataRange = Exclude<UploadRange, { kind: 'status' }>

/**
 * Handles PUT on a session URI. The checks have the order of the protocol: the state of the session, the syntax of the
 * range, the total and the declared size, the hashes, the offset, and then the body.
 * Throws STORAGE_FULL, STORAGE_UNAVAILABLE, ORGANIZATION_ACCESS_DENIED.
 */
export async function receiveUpload(
  context: Context,
  uploadId: string,
  request: UploadRequest,
): Promise<ResumableAnswer> {
  if (!isHosting(context)) return findRetiredSession(context, uploadId)
  const arrival = context.requestOrder.arrive(uploadId)
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
): Promise<ResumableAnswer> {
  const found = await findUploadSession(context, uploadId)
  if (found.answer) return found.answer
  const { session } = found
  const { organizationId, fileId, sizeBytes } = session
  const { range, hashes } = request
  if (range === null) {
    await context.database.uploadSessions.markDead(organizationId, fileId)
    return { kind: 'unparseable-range' }
  }
  const smallChunk = range.kind === 'status' ? null : toSmallChunk(session.protocolState)
  if (smallChunk) return smallChunk
  if (range.total !== null && range.total !== sizeBytes) return { kind: 'wrong-size', sizeBytes }
  if (range.kind === 'chunk' && range.end >= sizeBytes) return { kind: 'wrong-size', sizeBytes }
  if (hashes === null) return { kind: 'unparseable-hash' }
  if (mergeHashes(session.announced, hashes) === null) return { kind: 'other-hash' }
  if (range.kind !== 'status') return receiveBody(context, session, arrival, range, { ...request, hashes })

  const announced = await announceHashes(context, session, hashes)
  if (announced === null) return { kind: 'other-hash' }
  const progress = await findProgress(context, session)
  // When all bytes came in chunks with an unknown total, clients complete the upload with a query that has the total.
  const isComplete = progress.kind === 'resume' && progress.offset === sizeBytes
  return isComplete && range.total !== null ? completeUpload(context, { ...session, announced }) : progress
}

async function receiveBody(
  context: HostingContext,
  session: UploadSession,
  arrival: Arrival,
  range: DataRange,
  { body, bodyBytes, hashes }: Omit<UploadRequest, 'hashes'> & { hashes: AnnouncedHashes },
): Promise<ResumableAnswer> {
  const { organizationId, fileId, sizeBytes } = session
  const end = range.kind === 'chunk' ? range.end + 1 : null
  const bytes = { start: range.start, end, body, bodyBytes, hashes }
  const answer = await appendToUpload(context, session, arrival, bytes, policyOf(range, sizeBytes))
  if (answer.kind === 'small-chunk') {
    await context.database.uploadSessions.saveProtocolState(organizationId, fileId, toProtocolState(answer))
  }
  // The body declared the rest of the upload, and bytes are missing.
  if (answer.kind === 'resume' && range.kind === 'rest') return { kind: 'wrong-size', sizeBytes }
  return answer
}

function policyOf(range: DataRange, sizeBytes: number): AppendPolicy<LengthRefusal> {
  return {
    overlap: 'skip',
    quantumBytes: range.kind === 'rest' ? 1 : CHUNK_QUANTUM_BYTES,
    refuseLength: (bodyBytes) => refuseLength(range, sizeBytes, bodyBytes),
  }
}

function refuseLength(range: DataRange, sizeBytes: number, bodyBytes: number): LengthRefusal | null {
  if (range.kind === 'rest') {
    return range.start + bodyBytes > sizeBytes ? { kind: 'wrong-size', sizeBytes } : null
  }
  const { start, end } = range
  if (bodyBytes !== end - start + 1) return { kind: 'wrong-length', bodyBytes, start, end }
  const isLast = end + 1 === sizeBytes
  return isLast || bodyBytes >= CHUNK_QUANTUM_BYTES ? null : { kind: 'small-chunk', bodyBytes }
}

function toProtocolState({ bodyBytes }: SmallChunk): string {
  return JSON.stringify({ smallChunkBytes: bodyBytes })
}

function toSmallChunk(protocolState: string | null): SmallChunk | null {
  if (protocolState === null) return null
  const { smallChunkBytes } = JSON.parse(protocolState) as { smallChunkBytes?: number }
  return smallChunkBytes === undefined ? null : { kind: 'small-chunk', bodyBytes: smallChunkBytes }
}
