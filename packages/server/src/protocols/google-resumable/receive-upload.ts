import type { Readable } from 'node:stream'
import type { AnnouncedHashes, UploadSession } from '../../domain/uploads/upload-session.ts'
import type { AppendPolicy } from '../../operations/uploads/append-to-upload.ts'
import { type Conclusion, createReceiver, type ReceivePlan } from '../../operations/uploads/receive-upload.ts'
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
export type ResumableAnswer = UploadAnswer | Refusal

type Refusal =
  | { readonly kind: 'unparseable-range' }
  | { readonly kind: 'unparseable-hash' }
  | { readonly kind: 'wrong-total'; readonly sizeBytes: number }
  | LengthRefusal

type LengthRefusal =
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

/** Handles a request on a session URI that sends bytes or asks for the progress. */
export const receiveUpload = createReceiver(plan)

/**
 * The checks have the order of the protocol: the syntax of the range, the total and the declared size, the hashes, the
 * offset, and then the body. The state of the session comes before all of them.
 */
function plan(session: UploadSession, request: UploadRequest): ReceivePlan<Refusal> {
  const { range, hashes, body, bodyBytes } = request
  const { sizeBytes } = session
  if (range === null) return { kind: 'fail', refusal: { kind: 'unparseable-range' } }
  const refuse = (refusal: Refusal) => ({ kind: 'refuse', refusal }) as const
  const smallChunk = range.kind === 'status' ? null : toSmallChunk(session.protocolState)
  if (smallChunk) return refuse(smallChunk)
  if (sizeBytes !== null && !fitsSize(range, sizeBytes)) return refuse({ kind: 'wrong-total', sizeBytes })
  if (hashes === null) return refuse({ kind: 'unparseable-hash' })
  const { total: totalBytes } = range
  if (range.kind === 'status') {
    // When all bytes came in chunks with an unknown total, clients complete the upload with a query that has the total.
    return { kind: 'query', hashes, totalBytes, completes: totalBytes !== null, fences: false }
  }
  const end = range.kind === 'chunk' ? range.end + 1 : null
  return {
    kind: 'append',
    bytes: {
      start: range.start,
      end,
      body,
      bodyBytes,
      totalBytes,
      hashes,
      bodyDigest: null,
      onDurable: null,
    },
    policy: policyOf(range, sizeBytes ?? totalBytes),
    conclude,
  }
}

/** Returns true when the range agrees with the length of the upload. */
function fitsSize(range: UploadRange, sizeBytes: number): boolean {
  if (range.total !== null && range.total !== sizeBytes) return false
  return range.kind !== 'chunk' || range.end < sizeBytes
}

function policyOf(range: DataRange, sizeBytes: number | null): AppendPolicy<LengthRefusal> {
  if (range.kind === 'rest') {
    return { overlap: 'skip', quantumBytes: 1, completes: 'at-end', overrun: 'refuse' }
  }
  return {
    overlap: 'skip',
    quantumBytes: CHUNK_QUANTUM_BYTES,
    completes: 'at-length',
    overrun: 'refuse',
    refuseLength: (bodyBytes) => refuseLength(range, sizeBytes, bodyBytes),
  }
}

function refuseLength(
  { start, end }: Extract<DataRange, { kind: 'chunk' }>,
  sizeBytes: number | null,
  bodyBytes: number,
): LengthRefusal | null {
  if (bodyBytes !== end - start + 1) return { kind: 'wrong-length', bodyBytes, start, end }
  const isLast = end + 1 === sizeBytes
  return isLast || bodyBytes >= CHUNK_QUANTUM_BYTES ? null : { kind: 'small-chunk', bodyBytes }
}

function conclude(outcome: ResumableAnswer): Conclusion<Refusal> {
  return {
    answer: outcome,
    protocolState: outcome.kind === 'small-chunk' ? toProtocolState(outcome) : null,
  }
}

function toProtocolState({ bodyBytes }: SmallChunk): string {
  return JSON.stringify({ smallChunkBytes: bodyBytes })
}

function toSmallChunk(protocolState: string | null): SmallChunk | null {
  if (protocolState === null) return null
  const { smallChunkBytes } = JSON.parse(protocolState) as { smallChunkBytes?: number }
  return smallChunkBytes === undefined ? null : { kind: 'small-chunk', bodyBytes: smallChunkBytes }
}
