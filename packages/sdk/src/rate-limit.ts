import { wait } from './retry.ts'

/** Limit of the bytes per second that all transfers of a client share. */
export interface RateLimit {
  /** Size of pieces that leave no connection idle for long, because one piece is sent several times a second. */
  readonly pieceBytes: number
  /** Waits until these bytes may be transferred. Rejects with the signal's reason as soon as it is aborted. */
  take(bytes: number, signal?: AbortSignal): Promise<void>
}

const PIECES_PER_SECOND = 4
/** With a lower limit, the service would close connections that share it as idle. */
const MIN_BYTES_PER_SECOND = 1024

interface Clock {
  nowMs(): number
  wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void>
}

const CLOCK: Clock = { nowMs: () => performance.now(), wait }

/** Creates the limit; null when there is none. Throws a `RangeError` when it is too low. */
export function createRateLimit(
  maxBytesPerSecond: number | undefined,
  clock: Clock = CLOCK,
): RateLimit | null {
  if (maxBytesPerSecond === undefined) return null
  if (!(maxBytesPerSecond >= MIN_BYTES_PER_SECOND)) {
    throw new RangeError(`maxBytesPerSecond must be a number, ${MIN_BYTES_PER_SECOND} or more.`)
  }
  let freeAtMs = 0
  return {
    pieceBytes: Math.floor(maxBytesPerSecond / PIECES_PER_SECOND),
    take: (bytes, signal) => {
      const nowMs = clock.nowMs()
      const startMs = Math.max(nowMs, freeAtMs)
      freeAtMs = startMs + (bytes / maxBytesPerSecond) * 1000
      return clock.wait(startMs - nowMs, signal)
    },
  }
}
