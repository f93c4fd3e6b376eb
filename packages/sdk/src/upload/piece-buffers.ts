import type { Bytes } from '../source/byte-source.ts'

/** Large pieces are faster: each one waits for the file, then the stream, then the socket. */
export const PIECE_BYTES = 2 * 1024 * 1024
/**
 * One piece is being read, one waits in the stream, and one is being written to the socket. Three more are a reserve
 * for pieces that `fetch` holds internally. If it held more than that, the checksum of the file would not match.
 */
const BUFFERS = 6

/** Reused buffers of a streamed upload. Allocating memory for each piece would cost as much time as all other work. */
export interface PieceBuffers {
  /** Returns a free buffer for one piece. */
  next(): Bytes
  /** Drops all buffers, because a failed request may still hold some of them. */
  abandon(): void
}

export function createPieceBuffers(totalBytes: number): PieceBuffers {
  let buffers: Bytes[] = []
  return {
    next: () => {
      const used = buffers.length < BUFFERS ? undefined : buffers.shift()
      const buffer = used ?? new Uint8Array(Math.min(PIECE_BYTES, totalBytes))
      buffers.push(buffer)
      return buffer
    },
    abandon: () => {
      buffers = []
    },
  }
}
