import { crc32c } from '../crc32c/crc32c.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import type { CrcTrail } from './crc-trail.ts'
import { PIECE_BYTES, type PieceBuffers } from './piece-buffers.ts'

export interface ChunkPlan {
  readonly source: ByteSource
  readonly trail: CrcTrail
  readonly offset: number
  readonly sizeBytes: number
  /** Called with the offset behind each piece that the network asked for. */
  readonly onSent: (offset: number) => void
}

export interface ChunkBody<Body> {
  readonly body: Body
  /** Why the source could not be read, or null: `fetch` hides it. */
  failure(): unknown
}

/** A chunk that is read while it is sent. */
export async function streamedBody(
  plan: ChunkPlan,
  buffers: PieceBuffers,
): Promise<ChunkBody<ReadableStream<Bytes>>> {
  const { source, trail, offset, sizeBytes, onSent } = plan
  const end = offset + sizeBytes
  let crc = await trail.at(offset)
  let readTo = offset
  let sentTo = offset
  let failure: unknown = null

  const readNext = async (): Promise<Bytes> => {
    const wanted = Math.min(PIECE_BYTES, end - readTo)
    const piece = await source.read(readTo, wanted, buffers.next())
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
  return { body, failure: () => failure }
}

/** Begins to read; where nobody comes for it, because the request ended, its failure is nobody’s. */
function readAhead(read: () => Promise<Bytes>): Promise<Bytes> {
  const piece = read()
  piece.catch(() => {})
  return piece
}

/** A chunk in memory. */
export async function bufferedBody(plan: ChunkPlan): Promise<Bytes> {
  const { source, trail, offset, sizeBytes } = plan
  const bytes = await source.read(offset, sizeBytes)
  trail.add(offset + sizeBytes, crc32c(bytes, await trail.at(offset)))
  if (offset + sizeBytes === source.sizeBytes) await source.assertUnchanged()
  return bytes
}
