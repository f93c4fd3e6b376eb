export interface Throttle {
  /** Runs now, or once more when a run has just begun. */
  request(): void
  stop(): void
}

/** Runs at most once in `everyMs`, and never while an earlier run has not ended. */
export function createThrottle(run: () => unknown, everyMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isBusy = false
  let isWanted = false
  let isStopped = false
  const start = async () => {
    isBusy = true
    isWanted = false
    await run()
    if (isStopped) return
    timer = setTimeout(() => {
      isBusy = false
      if (isWanted) void start()
    }, everyMs)
  }
  return {
    request: () => {
      isWanted = true
      if (!isBusy) void start()
    },
    stop: () => {
      isStopped = true
      isBusy = true
      clearTimeout(timer)
    },
  }
}
