import { untilAborted } from '../until-aborted.ts'
import type { Bytes } from './byte-source.ts'

export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A stream, piece by piece. */
export interface StreamPieces {
  /**
   * Null after the last. Rejects with a `TypeError` where a piece is not bytes, and with the reason of the signal as soon
   * as that is aborted, though the stream may give nothing.
   */
  next(): Promise<Bytes | null>
  /** Ends the stream; does not wait for a piece that is asked for. */
  stop(): Promise<void>
}

export function streamPieces(stream: ByteStream, signal: AbortSignal | undefined): StreamPieces {
  const source = 'getReader' in stream ? ofReader(stream.getReader()) : ofIterable(stream)
  let isAsked = false
  const ask = async () => {
    isAsked = true
    try {
      return await source.next()
    } finally {
      isAsked = false
    }
  }
  return {
    next: async () => {
      const { done, value } = await untilAborted(ask(), signal)
      if (done) return null
      // A stream of texts is as good as one of bytes for TypeScript, and would be sent as something else.
      if (!(value instanceof Uint8Array)) throw new TypeError('the stream gives something else than bytes')
      return value as Bytes
    },
    stop: async () => {
      const ended = source.stop().catch(() => {})
      if (!isAsked) await ended
    },
  }
}

interface Asked {
  readonly done?: boolean | undefined
  readonly value?: unknown
}

interface PieceSource {
  next(): Promise<Asked>
  stop(): Promise<unknown>
}

/** A `ReadableStream` cannot be iterated in every browser. */
function ofReader(reader: ReadableStreamDefaultReader<Uint8Array>): PieceSource {
  return { next: () => reader.read(), stop: () => reader.cancel() }
}

function ofIterable(stream: AsyncIterable<Uint8Array> & { readonly destroy?: () => void }): PieceSource {
  const iterator = stream[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    stop: async () => {
      const ended = iterator.return?.()
      // A stream of Node’s that gives nothing does not end before it is destroyed.
      if (typeof stream.destroy === 'function') stream.destroy()
      await ended
    },
  }
}
