import { crc32cText } from '../crc32c/crc32c-text.ts'
import { ChecksumError, ConnectionError } from '../errors.ts'
import { followSignal } from '../follow-signal.ts'
import { delayAfter, isPassing, type RetryPolicy, wait } from '../retry.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import { bufferedBody, type ChunkBody, streamedBody } from './chunk-body.ts'
import { type ChunkLimits, type ChunkSize, createChunkSize } from './chunk-size.ts'
import type { CrcTrail } from './crc-trail.ts'
import type { Pause } from './pause.ts'
import { createPieceBuffers, PIECE_BYTES, type PieceBuffers } from './piece-buffers.ts'
import type { ProgressMeter } from './progress.ts'
import type { SessionState, UploadSession } from './session.ts'

export interface Sending {
  readonly source: ByteSource
  readonly session: UploadSession
  readonly trail: CrcTrail
  readonly meter: ProgressMeter
  readonly pause: Pause
  readonly retry: RetryPolicy
  readonly signal: AbortSignal | undefined
  /** Whether bodies are streams that are read while they are sent; else a chunk lies in memory. */
  readonly isStreamed: boolean
  /** Whether the session may hold bytes already. */
  readonly isBegun: boolean
  /** Keeps what is needed to go on later; called as often as there is something new. */
  readonly save: () => Promise<void>
}

const MIB = 1024 ** 2
/** A streamed chunk costs no memory, but all of it may be sent twice where something in between gathers it. */
const STREAMED: ChunkLimits = { firstBytes: 16 * MIB, maxBytes: 1024 * MIB, aimMs: 4000 }
/** How far a chunk in memory is shows at its end only. */
const BUFFERED: ChunkLimits = { firstBytes: 2 * MIB, maxBytes: 32 * MIB, aimMs: 2000 }
/** A connection on which nothing moves for so long is lost. */
const IDLE_MS = 60_000
/** What is handed over at once may take longer: slower than this is as good as lost. */
const MIN_BYTES_PER_MS = 16

/**
 * Sends the source through the session, whatever comes in between, and resolves with its CRC-32C, as text, when the
 * object is there and has the same. After every doubt it asks how far the session is.
 */
export async function sendChunks(sending: Sending): Promise<string> {
  const { source, trail, meter, pause, retry, signal, save, session } = sending
  const total = source.sizeBytes
  const chunkSize = createChunkSize(sending.isStreamed ? STREAMED : BUFFERED)
  const sender = { ...sending, chunkSize, buffers: createPieceBuffers(total) }
  let offset = 0
  let furthest = 0
  let isInDoubt = sending.isBegun
  let failures = 0

  const pauseHere = async () => {
    meter.state('paused')
    await save()
  }
  /** What is there after a doubt was not sent just now, so that it says nothing of the speed. */
  const tell = (stored: number) => (isInDoubt ? meter.found(stored) : meter.sent(stored))
  const goOnFrom = async (next: number) => {
    if (next > furthest) failures = 0
    furthest = Math.max(furthest, next)
    offset = next
    tell(offset)
    source.forget(offset)
    await trail.at(offset).then((crc) => trail.add(offset, crc))
    trail.forget(offset)
    await save()
  }
  for (;;) {
    await pause.whileRunning(signal, pauseHere)
    meter.state('uploading')
    try {
      const state = await pause.during(signal, (own) =>
        isInDoubt ? session.state(total, own) : sendChunk(sender, offset, own),
      )
      if (state.kind === 'complete') {
        tell(total)
        return await checkedCrc(sending, state.crc32c)
      }
      // An answer that acknowledges nothing new, or all and has no object, is a failure that says nothing.
      if (state.offset >= total || (!isInDoubt && state.offset <= offset)) throw stuck()
      await goOnFrom(state.offset)
      isInDoubt = false
    } catch (error) {
      signal?.throwIfAborted()
      isInDoubt = true
      if (pause.hasStopped()) continue
      failures++
      if (!isPassing(error) || failures > retry.maxFailures) throw error
      chunkSize.failed()
      meter.state('waiting')
      await pause
        .during(signal, (own) => wait(delayAfter(failures, error, retry), own))
        .catch(() => signal?.throwIfAborted())
    }
  }
}

interface Sender extends Sending {
  readonly chunkSize: ChunkSize
  readonly buffers: PieceBuffers
}

async function sendChunk(sender: Sender, offset: number, signal: AbortSignal): Promise<SessionState> {
  const { source, trail, meter, session, isStreamed, chunkSize, buffers } = sender
  const totalBytes = source.sizeBytes
  const sizeBytes = Math.min(chunkSize.bytes(), totalBytes - offset)
  const end = offset + sizeBytes
  const plan = { source, trail, offset, sizeBytes }
  const inMemory = isStreamed ? null : await bufferedBody(plan, signal)
  const slowestMs = (inMemory === null ? PIECE_BYTES : sizeBytes) / MIN_BYTES_PER_MS
  const idle = createIdleLimit(signal, IDLE_MS + slowestMs)
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
    const crc32c = end === totalBytes && !isStreamed ? crc32cText(await trail.at(totalBytes)) : null
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

async function checkedCrc({ source, trail }: Sending, stored: string | null): Promise<string> {
  const ours = crc32cText(await trail.at(source.sizeBytes))
  if (stored === null || stored === ours) return ours
  const systemMessage = `sent ${ours}, stored ${stored}`
  throw new ChecksumError('CHECKSUM_MISMATCH', 'The file was damaged on its way.', { systemMessage })
}

const stuck = () =>
  new ConnectionError('CONNECTION_FAILED', 'The upload was answered, and nothing more of it is stored.')

/** Aborts its signal with the other one, and where nothing moves for so long. */
function createIdleLimit(signal: AbortSignal, limitMs: number) {
  const { controller: own, unfollow } = followSignal(signal)
  const expire = () => own.abort(new ConnectionError('CONNECTION_FAILED', 'The connection stands still.'))
  let timer = setTimeout(expire, limitMs)
  let isOver = false
  return {
    signal: own.signal,
    touch: () => {
      // A body may be asked for a piece more after its request has ended.
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
