import { crc32c } from '../crc32c/crc32c.ts'
import type { RateLimit } from '../rate-limit.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import { untilAborted } from '../until-aborted.ts'
import type { CrcHistory } from './crc-history.ts'
import { PIECE_BYTES, type PieceBuffers } from './piece-buffers.ts'

export interface ChunkPlan {
  readonly source: ByteSource
  readonly crcHistory: CrcHistory
  readonly offset: number
  readonly sizeBytes: number
  readonly rateLimit: RateLimit | null
}

export interface ChunkBody {
  readonly body: ReadableStream<Bytes>
  /** Returns the error of the source, or null. The error of `fetch` does not contain it. */
  failure(): unknown
  /**
   * Ends the body after its request: it reads nothing more and calls `onSent` no more, even if `fetch` still pulls.
   * Returns true when `fetch` has pulled all bytes.
   */
  end(): boolean
}

/**
 * Creates a chunk body that is read while it is sent. Calls `onSent` with the end offset of each piece that `fetch`
 * pulls.
 */
export async function streamedBody(
  {
    source,
    crcHistory,
    offset,
    sizeBytes,
    rateLimit,
    onSent,
  }: ChunkPlan & { readonly onSent: (offset: number) => void },
  buffers: PieceBuffers,
): Promise<ChunkBody> {
  const end = offset + sizeBytes
  const pieceBytes = Math.min(PIECE_BYTES, rateLimit?.pieceBytes ?? PIECE_BYTES)
  let crc = await crcHistory.at(offset)
  let readTo = offset
  let sentTo = offset
  let failure: unknown = null
  let isOver = false

  const readNext = async (): Promise<Bytes> => {
    const wanted = Math.min(pieceBytes, end - readTo)
    const piece = await source.read(readTo, wanted, buffers.next())
    // After the end, a newer body may have added checkpoints already.
    if (isOver) return piece
    readTo += wanted
    crc = crc32c(piece, crc)
    crcHistory.add(readTo, crc)
    // A file that changed during the upload must not become an object.
    if (readTo === source.sizeBytes) await source.assertUnchanged()
    return piece
  }
  let next = readAhead(readNext)
  const body = new ReadableStream<Bytes>(
    {
      pull: async (controller) => {
        try {
          const piece = await next
          await rateLimit?.take(piece.byteLength)
          if (isOver) return controller.close()
          sentTo += piece.byteLength
          if (sentTo < end) next = readAhead(readNext)
          onSent(sentTo)
          controller.enqueue(piece)
          if (sentTo === end) controller.close()
        } catch (error) {
          failure = error
          controller.error(error)
        }
      },
    },
    { highWaterMark: 0 },
  )
  const close = () => {
    isOver = true
    return sentTo === end
  }
  return { body, failure: () => failure, end: close }
}

/** Starts to read a piece. Its failure is not an unhandled rejection when the request ends before the piece is used. */
function readAhead(read: () => Promise<Bytes>): Promise<Bytes> {
  const piece = read()
  piece.catch(() => {})
  return piece
}

/**
 * Reads a chunk into memory, and waits until it may be sent. Rejects with the signal's reason as soon as it is aborted, even while the source blocks.
 */
export async function bufferedBody(plan: ChunkPlan, signal: AbortSignal): Promise<Bytes> {
  const { source, crcHistory, offset, sizeBytes, rateLimit } = plan
  const bytes = await untilAborted(source.read(offset, sizeBytes), signal)
  const before = await crcHistory.at(offset)
  if (offset + sizeBytes === source.sizeBytes) await untilAborted(source.assertUnchanged(), signal)
  await rateLimit?.take(sizeBytes, signal)
  signal.throwIfAborted()
  crcHistory.add(offset + sizeBytes, crc32c(bytes, before))
  return bytes
}
