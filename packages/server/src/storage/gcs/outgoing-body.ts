import type { Readable } from 'node:stream'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { TimeoutError } from '../provider-calls.ts'
import type { BodyRoom } from '../stored-object.ts'

/** Body that is sent to Google. If it is too long or interrupted, the request is aborted and no object is created. */
export interface OutgoingBody {
  /** Returns the complete body when it is small; null when it is longer. Must be called first. */
  readSmall(): Promise<Buffer<ArrayBuffer> | null>
  /** Streams a longer body from its start. */
  chunks(): AsyncGenerator<Uint8Array>
  /** Returns the end of the body; null while it continues. */
  ended(): 'complete' | 'too-long' | 'interrupted' | null
  /** Returns the CRC-32C in base64 of the bytes that `chunks` has delivered. */
  crc32c(): string
  /** Aborted when Google accepts no chunk, or sends no response at the end, within the idle timeout. */
  readonly timeout: AbortSignal
  close(): void
}

/** Size up to which a body is kept in memory, so that it can be sent again. */
const SMALL_BYTES = 256 * 1024
/** Time limit for Google to accept a chunk, and to respond at the end. */
const IDLE_TIMEOUT_MS = 30_000

/** Reads at most `maxBytes` of the body, limited by `room`. Calls `onChunk` once for each chunk, in order. */
export function createOutgoingBody(
  body: Readable,
  maxBytes: number,
  onChunk: (chunk: Buffer) => void,
  room?: BodyRoom,
): OutgoingBody {
  // The caller owns the connection of the body and may use it even when the body is not read to its end.
  const source: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false })
  const timeout = new AbortController()
  const head: Buffer[] = []
  let ended: ReturnType<OutgoingBody['ended']> = null
  let crc = 0
  let readBytes = 0
  let timer: NodeJS.Timeout | undefined
  const waitForGoogle = () => {
    const abort = () => timeout.abort(new TimeoutError(`no response for ${IDLE_TIMEOUT_MS} ms`))
    timer = setTimeout(abort, IDLE_TIMEOUT_MS)
  }

  /** Returns the next chunk; null at the end of the body. */
  const read = async (): Promise<Buffer | null> => {
    const next = await source.next().catch((error: unknown) => {
      ended = 'interrupted'
      throw error
    })
    if (next.done) {
      ended = 'complete'
      return null
    }
    readBytes += next.value.length
    let hasRoom = true
    while (room && hasRoom && readBytes > room.bytes()) hasRoom = await room.grow()
    if (readBytes <= maxBytes && hasRoom) {
      onChunk(next.value)
      return next.value
    }
    ended = 'too-long'
    throw new Error('the body is too long')
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const next = async () => head.shift() ?? (await read())
    for (let chunk = await next(); chunk !== null; chunk = await next()) {
      crc = crc32c(chunk, crc)
      waitForGoogle()
      yield chunk
      clearTimeout(timer)
    }
    waitForGoogle()
  }

  return {
    readSmall: async () => {
      while (readBytes <= SMALL_BYTES) {
        const chunk = await read()
        if (chunk === null) return Buffer.concat(head)
        head.push(chunk)
      }
      return null
    },
    chunks,
    ended: () => ended,
    crc32c: () => crc32cToBase64(crc),
    timeout: timeout.signal,
    close: () => clearTimeout(timer),
  }
}
