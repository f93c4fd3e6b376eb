import type { Readable } from 'node:stream'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import type { BodyRoom } from '../stored-object.ts'
import { TimeoutError } from './google-fault.ts'

/** A body on its way to Google. One that is too long, or breaks, is broken off, so that no object comes of it. */
export interface Sending {
  /** The whole body where it is small; null where it goes on. To be called first. */
  takeSmall(): Promise<Buffer<ArrayBuffer> | null>
  /** A body that is not, from its beginning, a piece at a time. */
  pieces(): AsyncGenerator<Uint8Array>
  /** How the body ended, null while it has not. */
  ended(): 'complete' | 'too-long' | 'interrupted' | null
  /** Of what has been sent in pieces. */
  crc32c(): string
  /** Aborts when Google takes no piece, or answers nothing at the end, for too long. */
  readonly silence: AbortSignal
  close(): void
}

/** Held in memory, so that it can be sent again. */
const SMALL_BYTES = 256 * 1024
/** Google may take so long for the next piece of a body, and for its answer at the end. */
const SILENCE_MS = 30_000

/** Sends at most `maxBytes` of the body, limited by `room`. `onPiece` is called once for each piece, in order. */
export function createSending(
  body: Readable,
  maxBytes: number,
  onPiece: (piece: Buffer) => void,
  room?: BodyRoom,
): Sending {
  // The connection that the body comes from is its owner's, also where it is left unread.
  const source: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false })
  const silence = new AbortController()
  const head: Buffer[] = []
  let ended: ReturnType<Sending['ended']> = null
  let crc = 0
  let takenBytes = 0
  let timer: NodeJS.Timeout | undefined
  const waitForGoogle = () => {
    timer = setTimeout(() => silence.abort(new TimeoutError(`no answer for ${SILENCE_MS} ms`)), SILENCE_MS)
  }

  /** The next piece, or null at the body's end. */
  const take = async (): Promise<Buffer | null> => {
    const next = await source.next().catch((error: unknown) => {
      ended = 'interrupted'
      throw error
    })
    if (next.done) {
      ended = 'complete'
      return null
    }
    takenBytes += next.value.length
    let hasRoom = true
    while (room && hasRoom && takenBytes > room.bytes()) hasRoom = await room.grow()
    if (takenBytes <= maxBytes && hasRoom) {
      onPiece(next.value)
      return next.value
    }
    ended = 'too-long'
    throw new Error('the body is longer than it may be')
  }

  async function* pieces(): AsyncGenerator<Uint8Array> {
    const next = async () => head.shift() ?? (await take())
    for (let piece = await next(); piece !== null; piece = await next()) {
      crc = crc32c(piece, crc)
      waitForGoogle()
      yield piece
      clearTimeout(timer)
    }
    waitForGoogle()
  }

  return {
    takeSmall: async () => {
      while (takenBytes <= SMALL_BYTES) {
        const piece = await take()
        if (piece === null) return Buffer.concat(head)
        head.push(piece)
      }
      return null
    },
    pieces,
    ended: () => ended,
    crc32c: () => crc32cToBase64(crc),
    silence: silence.signal,
    close: () => clearTimeout(timer),
  }
}
