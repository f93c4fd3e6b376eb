/** Results of a job since the start of this process. */
export interface JobRuns {
  /** End of the last successful run; null when there was none. */
  readonly succeededAtMs: number | null
  readonly failures: number
}

export interface PeriodicJob {
  runs(): JobRuns
  /** Aborts the current run, waits for its end, and starts no other. */
  stop(): Promise<void>
}

/** Longest delay of a timer of Node.js; a longer one fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Runs a job after `firstAfterMs`, and again `everyMs` after the end of each run, so that runs never overlap. Calls
 * `onFailure` after a failed run; the next run starts as usual.
 */
export function runPeriodically(
  everyMs: number,
  run: (signal: AbortSignal) => Promise<void>,
  onFailure: (error: unknown) => void,
  firstAfterMs = 0,
): PeriodicJob {
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let succeededAtMs: number | null = null
  let failures = 0

  const runOnce = async () => {
    try {
      await run(stopping.signal)
      succeededAtMs = Date.now()
    } catch (error) {
      failures++
      onFailure(error)
    }
    if (!stopping.signal.aborted) runAfter(everyMs)
  }
  const runAfter = (ms: number) => {
    timer = setTimeout(
      () => {
        if (ms > MAX_TIMER_MS) runAfter(ms - MAX_TIMER_MS)
        else running = runOnce()
      },
      Math.min(ms, MAX_TIMER_MS),
    )
  }
  let running = firstAfterMs === 0 ? runOnce() : Promise.resolve()
  if (firstAfterMs > 0) runAfter(firstAfterMs)

  return {
    runs: () => ({ succeededAtMs, failures }),
    stop: async () => {
      stopping.abort()
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
