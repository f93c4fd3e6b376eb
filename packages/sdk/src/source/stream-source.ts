import { FileChangedError } from '../errors.ts'
import type { ByteSource, Bytes } from './byte-source.ts'
import type { StreamPieces } from './stream-pieces.ts'

/**
 * Creates a source from a stream of known size. Holds the bytes that were read until `forget` drops them, so that they
 * can be read again.
 */
export function streamSource(pieces: StreamPieces, sizeBytes: number): ByteSource {
  const kept: Bytes[] = []
  let start = 0
  let end = 0
  /** Reads the next non-empty piece into `kept`. Returns false at the end of the stream. */
  const readPiece = async () => {
    for (;;) {
      const piece = await pieces.next()
      if (piece === null) return false
      if (piece.byteLength === 0) continue
      kept.push(piece)
      end += piece.byteLength
      return true
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  /** Runs calls one after the other. A call waits for an earlier one even if the caller of that one has given up. */
  const runExclusive = <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run, run)
    last = result
    return result
  }
  const read = async (offset: number, wanted: number) => {
    if (offset < start)
      throw new Error(`The bytes of the stream before ${start} were dropped; offset ${offset} was requested.`)
    while (end < offset + wanted) {
      if (!(await readPiece())) throw sizeDiffers(end, sizeBytes)
    }
    return copyOf(kept, offset - start, wanted)
  }
  return {
    filename: null,
    mimeType: null,
    sizeBytes,
    identity: null,
    isRepeatable: false,
    read: (offset, wanted) => runExclusive(() => read(offset, wanted)),
    forget: (offset) => {
      for (let first = kept[0]; first && start + first.byteLength <= offset; first = kept[0]) {
        start += first.byteLength
        kept.shift()
      }
    },
    assertUnchanged: () =>
      runExclusive(async () => {
        if (end > sizeBytes || (await readPiece())) throw sizeDiffers(end, sizeBytes)
      }),
    close: () => pieces.stop(),
  }
}

function sizeDiffers(bytes: number, sizeBytes: number): FileChangedError {
  const found = bytes < sizeBytes ? `ended after ${bytes} bytes` : 'has more bytes'
  return new FileChangedError('FILE_CHANGED', `The stream ${found}; sizeBytes is ${sizeBytes}.`)
}

function copyOf(pieces: readonly Bytes[], offset: number, sizeBytes: number): Bytes {
  const copy = new Uint8Array(sizeBytes)
  let filled = 0
  let before = 0
  for (const piece of pieces) {
    const from = Math.max(0, offset + filled - before)
    if (from < piece.byteLength && filled < sizeBytes) {
      const part = piece.subarray(from, from + sizeBytes - filled)
      copy.set(part, filled)
      filled += part.byteLength
    }
    before += piece.byteLength
  }
  return copy
}
