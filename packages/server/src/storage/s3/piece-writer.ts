import { createBackground } from './background.ts'
import { createByteQueue } from './byte-queue.ts'
import type { S3 } from './s3.ts'

const MIB = 1024 * 1024
/** Smallest part of a multipart upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_JOINED_BYTES = 5 * MIB
const PIECE_BYTES = 8 * MIB
/** Smallest piece that is stored early when memory is tight. */
const MIN_TIGHT_BYTES = 2 * MIB

/** Stores the bytes of one part in objects of their own, as they arrive. */
export interface PieceWriter {
  push(bytes: Buffer): Promise<void>
  /** Stores the rest, and returns the sizes of the objects. */
  finish(): Promise<readonly number[]>
  /** Drops the bytes in memory, and removes the objects. Never throws. */
  discard(): Promise<void>
}

/**
 * Creates a writer of pieces of 8 MiB, or more for the largest files. The last piece takes up to 5 MiB more, because the
 * server can join a piece without sending it only if it has 5 MiB.
 */
export function createPieceWriter(
  { bucket, memory, partBytes }: Pick<S3, 'bucket' | 'memory' | 'partBytes'>,
  keyOfPiece: (index: number) => string,
): PieceWriter {
  const pieceBytes = Math.max(PIECE_BYTES, partBytes)
  const queue = createByteQueue(memory)
  const background = createBackground()
  const sizes: number[] = []
  let begun = 0
  let storingBytes = 0

  const waitingBytes = () => queue.bytes() - storingBytes
  const store = (bytes: number) => {
    storingBytes += bytes
    return background.start(async () => {
      await bucket.put(keyOfPiece(begun++), queue.first(bytes))
      sizes.push(bytes)
      queue.drop(bytes)
      storingBytes -= bytes
    })
  }

  return {
    push: async (bytes) => {
      queue.push(bytes)
      while (waitingBytes() >= pieceBytes + MIN_JOINED_BYTES) await store(pieceBytes)
      const isMemoryTight = memory.heldBytes > memory.limitBytes && waitingBytes() >= MIN_TIGHT_BYTES
      if (isMemoryTight) await store(waitingBytes())
    },
    finish: async () => {
      if (waitingBytes() > 0) await store(waitingBytes())
      await background.settled()
      return sizes
    },
    discard: async () => {
      await background.settled().catch(() => {})
      queue.drop(queue.bytes())
      await Promise.allSettled(Array.from({ length: begun }, (_, index) => bucket.remove(keyOfPiece(index))))
    },
  }
}
