import type { Readable } from 'node:stream'
import { crc32c, crc32cToBase64 } from '../../domain/crc32c.ts'
import { TimeoutError } from './google-fault.ts'

/** A body on its way to Google, a piece at a time. */
export interface Sending {
  pieces(): AsyncGenerator<Uint8Array>
  /** How the body ended, null while it has not. */
  ended(): 'complete' | 'too-long' | 'interrupted' | null
  /** Of what has been sent. */
  crc32c(): string
  /** Aborts when Google takes no piece, or answers nothing at the end, for too long. */
  readonly silence: AbortSignal
  close(): void
}

/** Google may take so long for the next piece of a body, and for its answer at the end. */
const SILENCE_MS = 30_000

/** Takes at most `maxBytes` of the body; one that has more, or breaks, is broken off, so that no object comes of it. */
export function createSending(body: Readable, maxBytes: number): Sending {
  const silence = new AbortController()
  let ended: ReturnType<Sending['ended']> = null
  let crc = 0
  let sentBytes = 0
  let timer: NodeJS.Timeout | undefined
  const waitForGoogle = () => {
    timer = setTimeout(() => silence.abort(new TimeoutError(`no answer for ${SILENCE_MS} ms`)), SILENCE_MS)
  }

  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      // The connection that the body comes from is its owner's, also where it is left unread.
      for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        sentBytes += piece.length
        if (sentBytes > maxBytes) ended = 'too-long'
        if (ended === 'too-long') break
        crc = crc32c(piece, crc)
        waitForGoogle()
        yield piece
        clearTimeout(timer)
      }
    } catch (error) {
      ended = 'interrupted'
      throw error
    }
    if (ended === 'too-long') throw new Error('the body is longer than it may be')
    ended = 'complete'
    waitForGoogle()
  }

  return {
    pieces,
    ended: () => ended,
    crc32c: () => crc32cToBase64(crc),
    silence: silence.signal,
    close: () => clearTimeout(timer),
  }
}
