import { withDeadline } from '../../platform/deadline.ts'

export interface ProbeResult {
  readonly isUp: boolean
  /** Time until the check ended, or since it began if it still runs. */
  readonly delayMs: number
}

interface Attempt {
  readonly startMs: number
  /** Resolves with null when the check succeeded, and with its error otherwise. */
  readonly failure: Promise<unknown>
}

/**
 * Returns a probe that calls `check` and always resolves within `timeoutMs`. Concurrent calls share one check, so a
 * dependency that hangs has only one pending check. Calls `onDown` with the error each time that the dependency goes
 * down.
 */
export function createProbe(
  check: () => Promise<void>,
  timeoutMs: number,
  onDown: (error: unknown) => void,
): () => Promise<ProbeResult> {
  let attempt: Attempt | null = null
  let wasUp = true

  const begin = (): Attempt => {
    const failure = check().then(
      () => null,
      (error) => error ?? new Error('the check failed without an error'),
    )
    failure.then(() => {
      attempt = null
    })
    return { startMs: performance.now(), failure }
  }

  return async () => {
    attempt ??= begin()
    const { startMs, failure } = attempt
    const error = await withDeadline(timeoutMs, failure).catch((timeout) => timeout)
    const isUp = error === null
    if (!isUp && wasUp) onDown(error)
    wasUp = isUp
    return { isUp, delayMs: Math.round((performance.now() - startMs) * 10) / 10 }
  }
}
