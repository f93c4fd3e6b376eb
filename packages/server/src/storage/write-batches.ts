import { releaseBuffer } from '../platform/release-buffer.ts'
import type { BufferPool } from './buffer-pool.ts'
import { createWriteBatch, type WriteBatch } from './write-batch.ts'

/** Body bytes outside of the pool that all uploads of the process together hold in memory. */
export interface BodyBudget {
  heldBytes: number
  readonly limitBytes: number
}

export interface WriteBatchesOptions {
  readonly budget: BodyBudget
  readonly pool: BufferPool
  /** Position of the first byte in the upload. */
  readonly position: number
  /** Position after the last byte that may follow. */
  readonly endPosition: number
  readonly write: (buffers: Buffer[], bytes: number) => Promise<void>
  /** Called after each write, when `isFull` may have changed. */
  readonly onRoom: () => void
}

export interface WriteBatches {
  /** Adds a buffer, whose memory is released after its bytes are copied or written. */
  add(buffer: Buffer): void
  /** Returns true when the source should pause. */
  isFull(): boolean
  /** Writes the buffers of the last batch. Resolves when all writes have ended; rejects with the first error. */
  finish(): Promise<void>
  /** Returns true when a write has failed; buffers that are added afterwards are not written. */
  hasFailed(): boolean
}

/** Time after which an incomplete batch is written, so that an idle source holds no memory. */
const MAX_GATHER_MS = 100
/** Batches that are being written. With two, the disk does not wait for the source. */
const MAX_BATCHES_IN_FLIGHT = 2
/** Smallest buffer that is copied. Slow sources and small bodies have smaller ones. */
const MIN_COPIED_BYTES = 16 * 1024

/**
 * Collects buffers into batches of one or two MiB and writes at most two batches at once. Copies the buffers of a fast
 * source to those of the pool and releases them, so that the next ones get the same memory, which the cache of the
 * processor holds. When all of these are in use, fast sources wait for one in turn. The buffers of slow sources and of small bodies
 * are kept as they are. When those of all uploads together exceed the budget, each upload writes them immediately and
 * waits for the disk.
 */
export function createWriteBatches(options: WriteBatchesOptions): WriteBatches {
  const { budget, pool, endPosition, onRoom } = options
  let { position } = options
  let batch = createWriteBatch(pool, position, endPosition)
  /** A slow source would occupy a buffer of the pool that it does not fill. */
  let isFast = true
  /** Bytes that wait for a buffer of the pool, and the buffers that contain them. */
  let waiting: { readonly bytes: Buffer; readonly owner: Buffer }[] = []
  let pooled: Promise<void> | null = null
  const writes = createWrites(options)
  let timer: NodeJS.Timeout | null = null

  const isOverBudget = () => budget.heldBytes >= budget.limitBytes

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (batch.bytes() === 0) return
    position += batch.bytes()
    writes.start(batch)
    batch = createWriteBatch(pool, position, endPosition)
  }

  /** Flushes an incomplete batch, unless it is incomplete because the source waits for the disk. */
  const flushIncomplete = () => {
    timer = null
    if (writes.count() > 0) startTimer()
    else {
      isFast = false
      flush()
    }
  }

  const startTimer = () => {
    timer ??= setTimeout(flushIncomplete, MAX_GATHER_MS)
  }

  const gather = (bytes: Buffer, owner: Buffer) => {
    if (waiting.length > 0) waiting.push({ bytes, owner })
    else if (usesPool(owner)) copyToPool(bytes, owner)
    else keep(bytes, owner)
    if (batch.bytes() > 0) startTimer()
  }

  /** A batch has either buffers of the pool or others, because only those of the pool can be written directly. */
  const usesPool = (owner: Buffer) =>
    batch.hasPooled() || (batch.bytes() === 0 && pool.size > 0 && isFast && owner.length >= MIN_COPIED_BYTES)

  const copyToPool = (bytes: Buffer, owner: Buffer) => {
    for (let rest = bytes; rest.length > 0; ) {
      const copied = batch.copy(rest)
      rest = rest.subarray(copied)
      if (batch.isFull()) flush()
      else if (copied === 0) {
        const free = pool.take()
        if (free === null) return waitForPool(rest, owner)
        batch.addPooled(free)
      }
    }
    releaseBuffer(owner)
  }

  const waitForPool = (bytes: Buffer, owner: Buffer) => {
    flush()
    waiting.push({ bytes, owner })
    pooled = pool.wait().then((next) => {
      pooled = null
      batch.addPooled(next)
      const ready = waiting
      waiting = []
      for (const one of ready) gather(one.bytes, one.owner)
      onRoom()
    })
  }

  const keep = (bytes: Buffer, owner: Buffer) => {
    batch.keep(bytes, owner)
    budget.heldBytes += bytes.length
    if (batch.isFull()) isFast = true
    if (batch.isFull() || isOverBudget()) flush()
  }

  return {
    add: (buffer) => gather(buffer, buffer),
    isFull: () =>
      writes.count() >= MAX_BATCHES_IN_FLIGHT || pooled !== null || (writes.count() > 0 && isOverBudget()),
    finish: async () => {
      flush()
      while (writes.count() > 0 || pooled !== null) {
        await Promise.all([pooled, writes.settled()])
        flush()
      }
      writes.throwFailure()
    },
    hasFailed: writes.hasFailed,
  }
}

/** Creates the writes in flight of one upload. After a failure, batches are only released. */
function createWrites({ budget, write, onRoom }: WriteBatchesOptions) {
  const inFlight = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | null = null

  const writeUnlessFailed = async (batch: WriteBatch) => {
    if (failure) return
    try {
      await write(batch.buffers(), batch.bytes())
    } catch (error) {
      failure ??= { error }
    }
  }

  return {
    start: (batch: WriteBatch) => {
      const written = writeUnlessFailed(batch).finally(() => {
        inFlight.delete(written)
        budget.heldBytes -= batch.keptBytes()
        batch.release()
        onRoom()
      })
      inFlight.add(written)
    },
    count: () => inFlight.size,
    settled: () => Promise.all(inFlight),
    hasFailed: () => failure !== null,
    throwFailure: () => {
      if (failure) throw failure.error
    },
  }
}
