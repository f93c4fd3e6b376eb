export type UploadState = 'preparing' | 'uploading' | 'waiting' | 'paused' | 'registering' | 'done'

export interface UploadProgress {
  /**
   * `waiting`: before a retry after a failure. `registering`: all bytes have arrived, and the file is being registered.
   */
  readonly state: UploadState
  /** Bytes passed to the network; after a failure, the bytes that the service has received. */
  readonly sentBytes: number
  readonly totalBytes: number
  /** Average of the last seconds; null before the first measurement. */
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
}

export interface ProgressMeter {
  state(state: UploadState): void
  /** Records the end offset of the bytes that were passed to the network. */
  sent(offset: number): void
  /** Records how many bytes the service has. It does not count for the speed. */
  received(offset: number): void
}

const REPORT_EVERY_MS = 100
/** Weight of the newest measurement in the moving average of the speed. */
const NEW_SHARE = 0.2

/** Calls `onProgress` at each change of state, and about ten times a second while bytes are sent. */
export function createProgressMeter(
  totalBytes: number,
  onProgress: ((progress: UploadProgress) => void) | undefined,
): ProgressMeter {
  let state: UploadState = 'preparing'
  let sentBytes = 0
  let bytesPerSecond: number | null = null
  let since = { ms: performance.now(), bytes: 0 }

  const report = () => {
    const secondsLeft = bytesPerSecond ? (totalBytes - sentBytes) / bytesPerSecond : null
    onProgress?.({ state, sentBytes, totalBytes, bytesPerSecond, secondsLeft })
  }
  const measure = (nowMs: number) => {
    const speed = ((sentBytes - since.bytes) / (nowMs - since.ms)) * 1000
    bytesPerSecond = bytesPerSecond === null ? speed : bytesPerSecond * (1 - NEW_SHARE) + speed * NEW_SHARE
  }
  const received = (offset: number) => {
    sentBytes = offset
    since = { ms: performance.now(), bytes: offset }
    report()
  }
  return {
    state: (next) => {
      if (next === state && next !== 'preparing') return
      state = next
      // The time before the change must not count for the speed.
      since = { ms: performance.now(), bytes: sentBytes }
      report()
    },
    sent: (offset) => {
      if (offset < sentBytes) return received(offset)
      const nowMs = performance.now()
      sentBytes = offset
      if (nowMs - since.ms < REPORT_EVERY_MS) return
      if (state === 'uploading') measure(nowMs)
      since = { ms: nowMs, bytes: offset }
      report()
    },
    received,
  }
}
