export type UploadState = 'preparing' | 'uploading' | 'waiting' | 'paused' | 'registering' | 'done'

export interface UploadProgress {
  /**
   * `waiting`: until it is tried again after a failure. `registering`: all bytes are there, and the file is made.
   */
  readonly state: UploadState
  /** Bytes that were handed to the network; after a failure, those that arrived. */
  readonly sentBytes: number
  readonly totalBytes: number
  /** Of the last seconds; null as long as nothing is known. */
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
}

export interface ProgressMeter {
  state(state: UploadState): void
  /** Tells how far the bytes are that were handed to the network. */
  sent(offset: number): void
  /** Tells how many bytes are there, which says nothing of the speed. */
  found(offset: number): void
}

const REPORT_EVERY_MS = 100
/** What the newest measurement counts in the speed. */
const NEW_SHARE = 0.2

/** Tells `onProgress` each change of state, and about ten times a second how far it is. */
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
  const found = (offset: number) => {
    sentBytes = offset
    since = { ms: performance.now(), bytes: offset }
    report()
  }
  return {
    state: (next) => {
      if (next === state && next !== 'preparing') return
      state = next
      // The time of a pause says nothing of the network.
      since = { ms: performance.now(), bytes: sentBytes }
      report()
    },
    sent: (offset) => {
      if (offset < sentBytes) return found(offset)
      const nowMs = performance.now()
      sentBytes = offset
      if (nowMs - since.ms < REPORT_EVERY_MS) return
      if (state === 'uploading') measure(nowMs)
      since = { ms: nowMs, bytes: offset }
      report()
    },
    found,
  }
}
