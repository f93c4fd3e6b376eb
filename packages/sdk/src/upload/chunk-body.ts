import { crc32c } from '../crc32c/crc32c.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import { untilAborted } from '../until-aborted.ts'
import type { CrcTrail } from './crc-trail.ts'
import { PIECE_BYTES, type PieceBuffers } from './piece-buffers.ts'

export interface ChunkPlan {
  readonly source: ByteSource
  readonly trail: CrcTrail
  readonly offset: number
  readonly sizeBytes: number
}

export interface ChunkBody {
  readonly body: ReadableStream<Bytes>
  /** Why the source could not be read, or null: `fetch` hides it. */
  failure(): unknown
  /**
   * Says that its request is over, after which it reads nothing and tells nothing, though somebody may still ask for a
   * piece. Whether all of it was taken.
   */
  end(): boolean
}

/** A chunk that is read while it is sent. `onSent` is told the offset behind each piece that the network asked for. */
export async function streamedBody(
  { source, trail, offset, sizeBytes, onSent }: ChunkPlan & { readonly onSent: (offset: number) => void },
  buffers: PieceBuffers,
): Promise<ChunkBody> {
  const end = offset + sizeBytes
  let crc = await trail.at(offset)
  let readTo = offset
  let sentTo = offset
  let failure: unknown = null
  let isOver = false

  const readNext = async (): Promise<Bytes> => {
    const wanted = Math.min(PIECE_BYTES, end - readTo)
    const piece = await source.read(readTo, wanted, buffers.next())
    // What came after it may be known already.
    if (isOver) return piece
    readTo += wanted
    crc = crc32c(piece, crc)
    trail.add(readTo, crc)
    // A file that was changed meanwhile must not become an object.
    if (readTo === source.sizeBytes) await source.assertUnchanged()
    return piece
  }
  let next = readAhead(readNext)
  const body = new ReadableStream<Bytes>(
    {
      pull: async (controller) => {
        try {
          const piece = await next
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

/** Begins to read; where nobody comes for it, because the request ended, its failure is nobody’s. */
function readAhead(read: () => Promise<Bytes>): Promise<Bytes> {
  const piece = read()
  piece.catch(() => {})
  return piece
}

/** A chunk in memory. Rejects with the signal’s reason as soon as that is aborted, though the source may give nothing. */
export async function bufferedBody(plan: ChunkPlan, signal: AbortSignal): Promise<Bytes> {
  const { source, trail, offset, sizeBytes } = plan
  const bytes = await untilAborted(source.read(offset, sizeBytes), signal)
  const before = await trail.at(offset)
  if (offset + sizeBytes === source.sizeBytes) await untilAborted(source.assertUnchanged(), signal)
  signal.throwIfAborted()
  trail.add(offset + sizeBytes, crc32c(bytes, before))
  return bytes
}
