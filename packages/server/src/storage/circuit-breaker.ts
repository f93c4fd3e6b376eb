/** Refuses calls to a service that is known to be down, so that callers do not wait for it. */
export interface CircuitBreaker {
  /** Returns true when a call may begin. After each pause one trial call may, and the others only after a success. */
  enter(): boolean
  succeeded(): void
  failed(): void
}

/** Creates a circuit breaker that opens after `maxFailures` consecutive failures, for `openMs` before each trial call. */
export function createCircuitBreaker(maxFailures: number, openMs: number, now: () => number): CircuitBreaker {
  let failures = 0
  let openUntilMs = 0
  return {
    enter: () => {
      if (failures < maxFailures) return true
      if (now() < openUntilMs) return false
      openUntilMs = now() + openMs
      return true
    },
    succeeded: () => {
      failures = 0
    },
    failed: () => {
      failures++
      openUntilMs = now() + openMs
    },
  }
}
