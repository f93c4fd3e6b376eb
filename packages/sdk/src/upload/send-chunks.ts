import { crc32cText } from '../crc32c/crc32c-text.ts'
import { ChecksumError, ConnectionError } from '../errors.ts'
import { followSignal } from '../follow-signal.ts'
import type { RateLimit } from '../rate-limit.ts'
import { delayAfter, isTransient, type RetryPolicy, wait } from '../retry.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import { bufferedBody, type ChunkBody, streamedBody } from './chunk-body.ts'
import { type ChunkLimits, type ChunkSize, createChunkSize } from './chunk-size.ts'
import type { CrcHistory } from './crc-history.ts'
import type { Pause } from './pause.ts'
import { createPieceBuffers, PIECE_BYTES, type PieceBuffers } from './piece-buffers.ts'
import type { ProgressMeter } from './progress.ts'
import type { SessionState, UploadSession } from './session.ts'

export interface Sending {
  readonly source: ByteSource
  readonly session: UploadSession
  readonly crcHistory: CrcHistory
  readonly meter: ProgressMeter
  readonly pause: Pause
  readonly retry: RetryPolicy
  readonly rateLimit: RateLimit | null
  readonly signal: AbortSignal | undefined
  /**
   * True when bodies are streams that are read while they are sent; false when each chunk is read into memory first.
   */
  readonly isStreamed: boolean
  /** True when the session may have received bytes already. */
  readonly isResumed: boolean
  /** Stores the state of the upload. Called after each chunk and at a pause. */
  readonly save: () => Promise<void>
}

/** An upload whose bytes have all arrived. */
export interface CompleteUpload {
  /** The id of the File; null while the upload is not registered. */
  readonly fileId: string | null
  /** CRC-32C of the sent and of the stored bytes: 4 bytes in big-endian order, in base64. */
  readonly crc32c: string
}

const MIB = 1024 ** 2
/**
 * A streamed chunk needs no memory. But a proxy that buffers bodies loses the complete chunk when the connection
 * breaks.
 */
const STREAMED: ChunkLimits = { firstBytes: 16 * MIB, maxBytes: 1024 * MIB, targetMs: 4000 }
/** The progress of a chunk in memory is only known at its end. */
const BUFFERED: ChunkLimits = { firstBytes: 2 * MIB, maxBytes: 32 * MIB, targetMs: 2000 }
/** Idle timeout of a connection. */
const IDLE_MS = 60_000
/** Minimum speed for the bytes that are passed to the network in one piece. It extends the idle timeout. */
const MIN_BYTES_PER_MS = 16

/**
 * Sends the source through the session and retries after transient errors. After each failure it queries how many bytes
 * the session has. Resolves when the object exists and has the same CRC-32C.
 */
export async function sendChunks(sending: Sending): Promise<CompleteUpload> {
  const { source, crcHistory, meter, pause, retry, signal, save, session } = sending
  const total = source.sizeBytes
  const chunkSize = createChunkSize(sending.isStreamed ? STREAMED : BUFFERED)
  const sender = { ...sending, chunkSize, buffers: createPieceBuffers(total) }
  let offset = 0
  let furthest = 0
  let needsQuery = sending.isResumed
  let failures = 0

  const onPaused = async () => {
    meter.state('paused')
    await save()
  }
  /** Bytes found by a query were not sent just now, so they must not count for the speed. */
  const reportProgress = (stored: number) => (needsQuery ? meter.received(stored) : meter.sent(stored))
  const continueFrom = async (next: number) => {
    if (next > furthest) failures = 0
    furthest = Math.max(furthest, next)
    offset = next
    reportProgress(offset)
    await crcHistory.confirm(offset)
    await save()
  }
  for (;;) {
    await pause.untilRunning(signal, onPaused)
    meter.state('uploading')
    try {
      const state = await pause.run(signal, (own) =>
        needsQuery ? session.state(total, own) : sendChunk(sender, offset, own),
      )
      if (state.kind === 'complete') {
        reportProgress(total)
        return { fileId: state.fileId, crc32c: await checkedCrc(sending, state.crc32c) }
      }
      // The response acknowledges no new bytes, or all bytes without an object: treated like a lost connection.
      if (state.offset >= total || (!needsQuery && state.offset <= offset)) throw noProgress()
      await continueFrom(state.offset)
      needsQuery = false
    } catch (error) {
      signal?.throwIfAborted()
      needsQuery = true
      if (pause.hasStopped()) continue
      failures++
      if (!isTransient(error) || failures > retry.maxFailures) throw error
      chunkSize.failed()
      meter.state('waiting')
      await pause
        .run(signal, (own) => wait(delayAfter(failures, error, retry), own))
        .catch(() => signal?.throwIfAborted())
    }
  }
}

interface Sender extends Sending {
  readonly chunkSize: ChunkSize
  readonly buffers: PieceBuffers
}

async function sendChunk(sender: Sender, offset: number, signal: AbortSignal): Promise<SessionState> {
  const { source, crcHistory, meter, session, isStreamed, chunkSize, rateLimit, buffers } = sender
  const totalBytes = source.sizeBytes
  const sizeBytes = Math.min(chunkSize.bytes(), totalBytes - offset)
  const end = offset + sizeBytes
  const plan = { source, crcHistory, offset, sizeBytes, rateLimit }
  const inMemory = isStreamed ? null : await bufferedBody(plan, signal)
  const slowestMs = (inMemory === null ? PIECE_BYTES : sizeBytes) / MIN_BYTES_PER_MS
  const idle = createIdleTimeout(signal, IDLE_MS + slowestMs)
  const onSent = (sent: number) => {
    idle.touch()
    meter.sent(sent)
  }
  let streamed: ChunkBody | null = null
  let isAllSent = false
  try {
    if (inMemory === null) streamed = await streamedBody({ ...plan, onSent }, buffers)
    const startMs = performance.now()
    const body = streamed?.body ?? (inMemory as Bytes)
    const crc32c = end === totalBytes && !isStreamed ? crc32cText(await crcHistory.at(totalBytes)) : null
    const state = await session.send({ offset, sizeBytes, totalBytes, body, crc32c }, idle.signal)
    chunkSize.measured(sizeBytes, performance.now() - startMs)
    isAllSent = state.kind === 'complete' || state.offset === end
    return state
  } catch (error) {
    throw streamed?.failure() ?? error
  } finally {
    idle.stop()
    const isAllTaken = streamed?.end() ?? true
    if (!isAllSent || !isAllTaken) buffers.abandon()
  }
}

async function checkedCrc({ source, crcHistory }: Sending, stored: string | null): Promise<string> {
  const ours = crc32cText(await crcHistory.at(source.sizeBytes))
  if (stored === null || stored === ours) return ours
  const systemMessage = `sent ${ours}, stored ${stored}`
  throw new ChecksumError('CHECKSUM_MISMATCH', 'The file was corrupted in transit: its checksum differs.', {
    systemMessage,
  })
}

const noProgress = () =>
  new ConnectionError(
    'CONNECTION_FAILED',
    'The service responded but has stored no more bytes of the upload.',
  )

/** Returns a signal that is aborted with `signal`, or when `touch` is not called for `limitMs`. */
function createIdleTimeout(signal: AbortSignal, limitMs: number) {
  const { controller: own, unfollow } = followSignal(signal)
  const expire = () =>
    own.abort(new ConnectionError('CONNECTION_FAILED', 'The connection was idle for too long.'))
  let timer = setTimeout(expire, limitMs)
  let isOver = false
  return {
    signal: own.signal,
    touch: () => {
      // `fetch` may pull another piece after the request has ended.
      if (isOver) return
      clearTimeout(timer)
      timer = setTimeout(expire, limitMs)
    },
    stop: () => {
      isOver = true
      clearTimeout(timer)
      unfollow()
    },
  }
}
