import { allocatePages } from '../platform/page-memory.ts'

/** Memory for the bytes of uploads in buffers of complete pages, which a disk can read without a copy. */
export interface BufferPool {
  /** Number of all buffers; 0 where the system has no memory of this kind. */
  readonly size: number
  /** Returns a buffer for one caller; null when all are in use. */
  take(): Buffer | null
  /** Resolves with a buffer, in the order of the calls. */
  wait(): Promise<Buffer>
  /** Takes a buffer back, whose bytes may change from now on. */
  giveBack(buffer: Buffer): void
}

/** Size of a buffer: small enough that each of many uploads has one, large enough for a write of its own. */
export const POOLED_BYTES = 256 * 1024

/** Creates a pool of `bytes` bytes, or of none if the memory cannot be allocated. Unused memory costs nothing. */
export function createBufferPool(
  bytes: number,
  allocate: (bytes: number) => Buffer | null = allocatePages,
): BufferPool {
  const size = Math.floor(bytes / POOLED_BYTES)
  const memory = size === 0 ? null : allocate(size * POOLED_BYTES)
  const free = memory === null ? [] : split(memory)
  const waiting: ((buffer: Buffer) => void)[] = []

  return {
    size: free.length,
    // The buffer that was used last is still in the cache of the processor.
    take: () => free.pop() ?? null,
    wait: () => {
      const { promise, resolve } = Promise.withResolvers<Buffer>()
      const buffer = free.pop()
      if (buffer) resolve(buffer)
      else waiting.push(resolve)
      return promise
    },
    giveBack: (buffer) => {
      const next = waiting.shift()
      if (next) next(buffer)
      else free.push(buffer)
    },
  }
}

/** Pool without buffers. */
export const NO_POOL = createBufferPool(0)

function split(memory: Buffer): Buffer[] {
  return Array.from({ length: memory.length / POOLED_BYTES }, (_, index) =>
    memory.subarray(index * POOLED_BYTES, (index + 1) * POOLED_BYTES),
  ).reverse()
}
