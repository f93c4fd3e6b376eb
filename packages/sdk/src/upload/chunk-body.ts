import { crc32c } from '../crc32c.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'
import type { CrcTrail } from './crc-trail.ts'

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

const PIECE_BYTES = 512 * 1024
/**
 * One piece is being read, one waits in the stream, one is being written to the socket, and one more each is room for what
 * else a `fetch` may hold. Should it ever hold more, the checksum of the whole finds it.
 */
const BUFFERS = 6

/**
 * A chunk that is read while it is sent. Its few buffers are used in turn: fresh ones cost as much again as all the rest,
 * and `fetch` would keep each until the end of the request.
 */
export async function streamedBody(plan: ChunkPlan): Promise<ChunkBody<ReadableStream<Bytes>>> {
  const { source, trail, offset, sizeBytes, onSent } = plan
  const end = offset + sizeBytes
  let crc = await trail.at(offset)
  let readTo = offset
  let sentTo = offset
  let failure: unknown = null
  const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(Math.min(PIECE_BYTES, sizeBytes)))

  const readNext = async (): Promise<Bytes> => {
    const wanted = Math.min(PIECE_BYTES, end - readTo)
    const buffer = buffers.shift() as Bytes
    buffers.push(buffer)
    const piece = await source.read(readTo, wanted, buffer)
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
