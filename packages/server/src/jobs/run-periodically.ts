export interface PeriodicJob {
  /** Asks a run that is under way to end, waits until it has, and begins no other. */
  stop(): Promise<void>
}

/**
 * Runs now, and again `everyMs` after the end of each run, so never twice at once. A run that fails is told to
 * `onFailure`, and the next one comes as usual.
 */
export function runPeriodically(
  everyMs: number,
  run: (signal: AbortSignal) => Promise<void>,
  onFailure: (error: unknown) => void,
): PeriodicJob {
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | null = null

  const runOnce = async () => {
    try {
      await run(stopping.signal)
    } catch (error) {
      onFailure(error)
    }
    if (stopping.signal.aborted) return
    timer = setTimeout(() => {
      running = runOnce()
    }, everyMs)
  }
  let running = runOnce()

  return {
    stop: async () => {
      stopping.abort()
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
