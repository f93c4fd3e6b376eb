import type { Bytes } from '../source/byte-source.ts'

/** Fewer pieces are faster: each waits for the file, the stream and the socket in turn. */
export const PIECE_BYTES = 2 * 1024 * 1024
/**
 * One piece is being read, one waits in the stream, one is being written to the socket, and one more each is room for what
 * else a `fetch` may hold. Should it ever hold more, the checksum of the whole finds it.
 */
const BUFFERS = 6

/** The memory of an upload that is read while it is sent: fresh memory for each piece costs as much as all the rest. */
export interface PieceBuffers {
  /** One that is free: room for a piece. */
  next(): Bytes
  /** Says that a request may still hold some of them: they are not used again. */
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
