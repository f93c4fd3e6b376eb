import { releaseBuffer } from '../platform/release-buffer.ts'

/** The body bytes that all uploads of the process hold in memory together. */
export interface BodyBudget {
  heldBytes: number
  readonly limitBytes: number
}

export interface WriteBatches {
  /** Takes the buffer over: its memory is gone once it is written. */
  add(buffer: Buffer): void
  /** Whether the source should wait before it adds more. */
  isFull(): boolean
  /** Writes what is gathered; resolves when all writes are over, rejects with the first one's error. */
  finish(): Promise<void>
  /** Whether a write has failed: no further one is begun. */
  hasFailed(): boolean
}

/** Larger batches only cost memory; smaller ones spread a system call's cost over fewer bytes. */
const BATCH_BYTES = 1024 * 1024
/** A source that is silent for this long has what it sent written, so that it holds no memory. */
const MAX_GATHER_MS = 100
/** One batch is on its way to the disk while the next one fills. */
const MAX_BATCHES_IN_FLIGHT = 2

/**
 * Gathers buffers into batches of about 1 MiB, at most two of them in flight. When all uploads together hold
 * more than the budget, each writes what it has and waits for the disk.
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
