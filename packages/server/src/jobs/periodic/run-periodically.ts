/** What has come of a job since this process began. */
export interface JobRuns {
  /** When the last run ended that did not fail; null for none. */
  readonly succeededAtMs: number | null
  readonly failures: number
}

export interface PeriodicJob {
  runs(): JobRuns
  /** Asks a run that is under way to end, waits until it has, and begins no other. */
  stop(): Promise<void>
}

/** A timer that is set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Runs after `firstAfterMs`, and again `everyMs` after the end of each run, so never twice at once. A run that fails is told to
 * `onFailure`, and the next one comes as usual.
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
