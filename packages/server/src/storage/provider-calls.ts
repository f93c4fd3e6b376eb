import { setTimeout as wait } from 'node:timers/promises'
import { withDeadline } from '../platform/deadline.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'

export interface CallLimits {
  /** Time limit of one attempt. */
  readonly attemptMs: number
  /** Time limit of a call: all attempts and the pauses between them. */
  readonly deadlineMs: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** Number of consecutive failed calls after which new calls are refused for `circuitOpenMs`. */
  readonly maxFailures: number
  readonly circuitOpenMs: number
}

export const CALL_LIMITS: CallLimits = {
  attemptMs: 4000,
  deadlineMs: 10_000,
  firstPauseMs: 100,
  longestPauseMs: 2000,
  maxFailures: 5,
  circuitOpenMs: 5000,
}

/** An attempt has exceeded its time limit, or a circuit breaker refuses it. */
export class TimeoutError extends Error {}

export interface ProviderCall<T> {
  readonly limits: CallLimits
  readonly circuit: CircuitBreaker
  /** Makes one request. The signal is aborted at the end of its time. */
  attempt(signal: AbortSignal): Promise<T>
  /** Returns true when a retry may succeed. */
  isTransient(error: unknown): boolean
}

/**
 * Calls a storage provider and returns the result of `attempt`. Retries after a transient error, with exponential backoff
 * and jitter. Ends within its deadline, even when the provider does not respond. Throws the last error.
 */
export async function callProvider<T>({
  limits,
  circuit,
  attempt,
  isTransient,
}: ProviderCall<T>): Promise<T> {
  if (!circuit.enter()) throw new TimeoutError('several calls failed, the next attempt is in some seconds')
  const endMs = performance.now() + limits.deadlineMs
  for (let attempts = 1; ; attempts++) {
    try {
      const timeoutMs = Math.max(1, Math.min(limits.attemptMs, endMs - performance.now()))
      const result = await endWithin(timeoutMs, attempt)
      circuit.succeeded()
      return result
    } catch (error) {
      const canRetry = isTransient(error)
      const pauseMs = pauseAfter(attempts, limits)
      const isLast = !canRetry || performance.now() + pauseMs >= endMs
      if (isLast && canRetry) circuit.failed()
      // A refusal is a response, so the service is up.
      else if (isLast) circuit.succeeded()
      if (isLast) throw error
      await wait(pauseMs)
    }
  }
}

/** Returns a random pause with an upper bound that doubles after each attempt. */
function pauseAfter(attempts: number, { firstPauseMs, longestPauseMs }: CallLimits): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempts)
}

/** Aborts `work` after `timeoutMs`, and rejects even when it ignores the signal, as parts of Google's client do. */
async function endWithin<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const toError = () => new TimeoutError(`no response within ${Math.round(timeoutMs)} ms`)
  try {
    return await withDeadline(timeoutMs, work(abort.signal), toError)
  } catch (error) {
    abort.abort()
    throw error
  }
}
