import { FileChangedError } from '../errors.ts'
import type { ByteSource, Bytes } from './byte-source.ts'
import type { StreamPieces } from './stream-pieces.ts'

/**
 * A stream of a known size. Keeps what was read until it is forgotten, so that it can be read again from there.
 */
export function streamSource(pieces: StreamPieces, sizeBytes: number): ByteSource {
  const kept: Bytes[] = []
  let start = 0
  let end = 0
  const isEnded = async () => {
    for (;;) {
      const piece = await pieces.next()
      if (piece === null) return true
      if (piece.byteLength === 0) continue
      kept.push(piece)
      end += piece.byteLength
      return false
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  /** Whoever asked before, and does not wait any more, still comes first. */
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run, run)
    last = result
    return result
  }
  const read = async (offset: number, wanted: number) => {
    if (offset < start) throw new Error(`the stream is past byte ${offset} already`)
    while (end < offset + wanted) {
      if (await isEnded()) throw differs(end, sizeBytes)
    }
    return copyOf(kept, offset - start, wanted)
  }
  return {
    filename: null,
    mimeType: null,
    sizeBytes,
    identity: null,
    isRepeatable: false,
    read: (offset, wanted) => inTurn(() => read(offset, wanted)),
    forget: (offset) => {
      for (let first = kept[0]; first && start + first.byteLength <= offset; first = kept[0]) {
        start += first.byteLength
        kept.shift()
      }
    },
    assertUnchanged: () =>
      inTurn(async () => {
        if (end > sizeBytes || !(await isEnded())) throw differs(end, sizeBytes)
      }),
    close: () => pieces.stop(),
  }
}

function differs(bytes: number, sizeBytes: number): FileChangedError {
  const found = bytes < sizeBytes ? `ended after ${bytes}` : `has more than its ${sizeBytes}`
  return new FileChangedError(
    'FILE_CHANGED',
    `The stream ${found} bytes, and was announced with ${sizeBytes}.`,
  )
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
