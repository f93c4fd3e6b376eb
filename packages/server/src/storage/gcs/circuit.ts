/** Lets nobody wait for something that is known to be away. */
export interface Circuit {
  /** Whether a call may begin. After a rest one may, to try; the others still may not until it has gone well. */
  enter(): boolean
  succeeded(): void
  failed(): void
}

/** Opens after `maxFailures` calls in a row that failed, and stays so for `restMs` at a time. */
export function createCircuit(maxFailures: number, restMs: number, now: () => number): Circuit {
  let failures = 0
  let closedUntilMs = 0
  return {
    enter: () => {
      if (failures < maxFailures) return true
      if (now() < closedUntilMs) return false
      closedUntilMs = now() + restMs
      return true
    },
    succeeded: () => {
      failures = 0
    },
    failed: () => {
      failures++
      closedUntilMs = now() + restMs
    },
  }
}
