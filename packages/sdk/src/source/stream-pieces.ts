import { untilAborted } from '../until-aborted.ts'
import type { Bytes } from './byte-source.ts'

export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Reads a stream piece by piece. */
export interface StreamPieces {
  /**
   * Returns the next piece, or null at the end. Rejects with a `TypeError` when a piece is not bytes, and with the
   * signal's reason as soon as the signal is aborted, even while the stream delivers nothing.
   */
  next(): Promise<Bytes | null>
  /** Cancels the stream. Does not wait for a pending read. */
  stop(): Promise<void>
}

export function streamPieces(stream: ByteStream, signal: AbortSignal | undefined): StreamPieces {
  const source = 'getReader' in stream ? ofReader(stream.getReader()) : ofIterable(stream)
  let isReading = false
  const read = async () => {
    isReading = true
    try {
      return await source.next()
    } finally {
      isReading = false
    }
  }
  return {
    next: async () => {
      const { done, value } = await untilAborted(read(), signal)
      if (done) return null
      // TypeScript cannot exclude streams of text, which `fetch` would encode differently.
      if (!(value instanceof Uint8Array)) throw new TypeError('The stream must deliver bytes (Uint8Array).')
      return value as Bytes
    },
    stop: async () => {
      const ended = source.stop().catch(() => {})
      if (!isReading) await ended
    },
  }
}

interface ReadResult {
  readonly done?: boolean | undefined
  readonly value?: unknown
}

interface PieceSource {
  next(): Promise<ReadResult>
  stop(): Promise<unknown>
}

/** Reads pieces through a reader, because some browsers cannot iterate a `ReadableStream`. */
function ofReader(reader: ReadableStreamDefaultReader<Uint8Array>): PieceSource {
  return { next: () => reader.read(), stop: () => reader.cancel() }
}

function ofIterable(stream: AsyncIterable<Uint8Array> & { readonly destroy?: () => void }): PieceSource {
  const iterator = stream[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    stop: async () => {
      const ended = iterator.return?.()
      // A Node stream that delivers nothing ends only when it is destroyed.
      if (typeof stream.destroy === 'function') stream.destroy()
      await ended
    },
  }
}
