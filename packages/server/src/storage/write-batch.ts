import { PAGE_BYTES } from '../platform/page-memory.ts'
import { releaseBuffer } from '../platform/release-buffer.ts'
import { type BufferPool, POOLED_BYTES } from './buffer-pool.ts'

/** Bytes of an upload that are written together: either in buffers of the pool, or in those that arrived. */
export interface WriteBatch {
  bytes(): number
  hasPooled(): boolean
  /** Number of bytes that are not in buffers of the pool. */
  keptBytes(): number
  addPooled(buffer: Buffer): void
  /** Copies the first of the bytes to the last buffer of the pool. Returns their number; 0 when it has no room. */
  copy(bytes: Buffer): number
  /** Adds bytes without a copy. The memory of `owner`, which contains them, is released with the batch. */
  keep(bytes: Buffer, owner: Buffer): void
  /** Returns true when the batch has all the bytes that it should have. */
  isFull(): boolean
  buffers(): Buffer[]
  /** Releases the memory of all bytes. */
  release(): void
}

/** Size of a batch in buffers of the pool: each write wakes a thread, which takes longer than its system call. */
const BATCH_BYTES = 2 * 1024 * 1024
/** Size of a batch in other buffers. A larger one would hold more memory. */
const KEPT_BATCH_BYTES = 1024 * 1024

/**
 * Creates a batch for the bytes of an upload from `position` on, which has no more bytes than up to `endPosition`. The
 * batch ends where a buffer of the pool is full, so that the batches of a fast upload are complete pages, which can be
 * written directly. In a buffer, the bytes have the distance to a page that they have in the upload.
 */
export function createWriteBatch(pool: BufferPool, position: number, endPosition: number): WriteBatch {
  const fullBytes = endOfBatch(position, endPosition) - position
  const pooled: Buffer[] = []
  const kept: { readonly bytes: Buffer; readonly owner: Buffer }[] = []
  let bytes = 0

  const filled = (buffer: Buffer, index: number): Buffer => {
    const bufferStart = position - (position % POOLED_BYTES) + index * POOLED_BYTES
    return buffer.subarray(Math.max(0, position - bufferStart), position + bytes - bufferStart)
  }

  return {
    bytes: () => bytes,
    hasPooled: () => pooled.length > 0,
    keptBytes: () => (pooled.length > 0 ? 0 : bytes),
    addPooled: (buffer) => {
      pooled.push(buffer)
    },
    copy: (from) => {
      const at = (position % POOLED_BYTES) + bytes
      const buffer = pooled[Math.floor(at / POOLED_BYTES)]
      const copied = buffer === undefined ? 0 : from.copy(buffer, at % POOLED_BYTES)
      bytes += copied
      return copied
    },
    keep: (more, owner) => {
      kept.push({ bytes: more, owner })
      bytes += more.length
    },
    isFull: () => bytes >= (pooled.length > 0 ? fullBytes : Math.min(fullBytes, KEPT_BATCH_BYTES)),
    buffers: () => (pooled.length > 0 ? pooled.map(filled) : kept.map((one) => one.bytes)),
    release: () => {
      pooled.forEach(pool.giveBack)
      for (const { owner } of kept) releaseBuffer(owner)
    },
  }
}

/** Returns the position at which a batch is full. The last batches of a body become smaller: its answer waits for them. */
function endOfBatch(position: number, endPosition: number): number {
  if (position % PAGE_BYTES !== 0) return nextMultiple(position, POOLED_BYTES)
  const half = position + Math.floor((endPosition - position) / 2)
  const tapered = Math.max(half - (half % POOLED_BYTES), nextMultiple(position, POOLED_BYTES))
  return Math.min(nextMultiple(position, BATCH_BYTES), tapered)
}

/** Returns the first multiple of `unit` after `position`. */
function nextMultiple(position: number, unit: number): number {
  return position - (position % unit) + unit
}
