import { releaseBuffer } from '../platform/release-buffer.ts'

/** Body bytes that all uploads of the process together hold in memory. */
export interface BodyBudget {
  heldBytes: number
  readonly limitBytes: number
}

export interface WriteBatches {
  /** Adds a buffer, whose memory is released after it is written. */
  add(buffer: Buffer): void
  /** Returns true when the source should pause. */
  isFull(): boolean
  /** Writes the buffers of the last batch. Resolves when all writes have ended; rejects with the first error. */
  finish(): Promise<void>
  /** Returns true when a write has failed; buffers that are added afterwards are not written. */
  hasFailed(): boolean
}

/** Size of a batch. Larger batches only cost memory; smaller ones need more system calls for the same bytes. */
const BATCH_BYTES = 1024 * 1024
/** Time after which an incomplete batch is written, so that an idle source holds no memory. */
const MAX_GATHER_MS = 100
/** Batches that are being written. With two, the disk does not wait for the source. */
const MAX_BATCHES_IN_FLIGHT = 2

/**
 * Collects buffers into batches of about 1 MiB and writes at most two batches at once. When all uploads together exceed
 * the budget, each writes its buffers immediately and waits for the disk.
 * `onRoom` is called after each write, when `isFull` may have changed.
 */
export function createWriteBatches(
  budget: BodyBudget,
  write: (buffers: Buffer[], bytes: number) => Promise<void>,
  onRoom: () => void,
): WriteBatches {
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  const inFlight = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | null = null

  const isOverBudget = () => budget.heldBytes >= budget.limitBytes

  let timer: NodeJS.Timeout | null = null

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (gatheredBytes === 0) return
    const buffers = gathered
    const bytes = gatheredBytes
    gathered = []
    gatheredBytes = 0
    const written = writeUnlessFailed(buffers, bytes).finally(() => {
      inFlight.delete(written)
      buffers.forEach(releaseBuffer)
      budget.heldBytes -= bytes
      onRoom()
    })
    inFlight.add(written)
  }

  const writeUnlessFailed = async (buffers: Buffer[], bytes: number) => {
    if (failure) return
    try {
      await write(buffers, bytes)
    } catch (error) {
      failure ??= { error }
    }
  }

  return {
    add: (buffer) => {
      gathered.push(buffer)
      gatheredBytes += buffer.length
      budget.heldBytes += buffer.length
      if (gatheredBytes >= BATCH_BYTES || isOverBudget()) flush()
      else timer ??= setTimeout(flush, MAX_GATHER_MS)
    },
    isFull: () => inFlight.size >= MAX_BATCHES_IN_FLIGHT || (inFlight.size > 0 && isOverBudget()),
    finish: async () => {
      flush()
      await Promise.all(inFlight)
      if (failure) throw failure.error
    },
    hasFailed: () => failure !== null,
  }
}
