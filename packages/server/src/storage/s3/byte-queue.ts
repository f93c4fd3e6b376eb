import type { BodyBudget } from '../write-batches.ts'

/** Bytes in memory, which are removed from their start. */
export interface ByteQueue {
  bytes(): number
  push(buffer: Buffer): void
  /** Returns the first bytes, in a copy unless they are one chunk. */
  first(bytes: number): Buffer
  /** Removes the first bytes. */
  drop(bytes: number): void
}

/** Creates an empty queue, whose bytes are counted in the budget. */
export function createByteQueue(budget: BodyBudget): ByteQueue {
  const chunks: Buffer[] = []
  let total = 0

  const first = (bytes: number) => {
    const taken: Buffer[] = []
    let missing = bytes
    for (const chunk of chunks) {
      if (missing <= 0) break
      taken.push(chunk.subarray(0, missing))
      missing -= chunk.length
    }
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
  }

  const drop = (bytes: number) => {
    let missing = bytes
    while (missing > 0) {
      const chunk = chunks.shift()
      if (chunk === undefined) return
      if (chunk.length > missing) chunks.unshift(chunk.subarray(missing))
      const dropped = Math.min(chunk.length, missing)
      total -= dropped
      budget.heldBytes -= dropped
      missing -= chunk.length
    }
  }

  return {
    bytes: () => total,
    push: (buffer) => {
      chunks.push(buffer)
      total += buffer.length
      budget.heldBytes += buffer.length
    },
    first,
    drop,
  }
}
