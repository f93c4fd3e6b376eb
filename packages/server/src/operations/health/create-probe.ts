import { withDeadline } from '../../platform/deadline.ts'

export interface ProbeResult {
  readonly isUp: boolean
  /** How long the answer took, or has been waited for. */
  readonly delayMs: number
}

interface Attempt {
  readonly startMs: number
  /** Null once all is well. */
  readonly failure: Promise<unknown>
}

/**
 * A question that always has an answer within `timeoutMs`. Whoever asks while one is on its way waits for that one, so
 * that however many ask, something that hangs is asked once. `onDown` hears why it is down, once each time.
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
      (error) => error ?? new Error('no reason was given'),
    )
    failure.then(() => {
      attempt = null
    })
    return { startMs: performance.now(), failure }
  }

  return async () => {
    attempt ??= begin()
    const { startMs, failure } = attempt
    const error = await withDeadline(timeoutMs, failure).catch((tooLate) => tooLate)
    const isUp = error === null
    if (!isUp && wasUp) onDown(error)
    wasUp = isUp
    return { isUp, delayMs: Math.round((performance.now() - startMs) * 10) / 10 }
  }
}
