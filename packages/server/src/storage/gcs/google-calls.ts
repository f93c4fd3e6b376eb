import { setTimeout as wait } from 'node:timers/promises'
import { ServiceError } from '../../domain/errors.ts'
import { withDeadline } from '../../platform/deadline.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { TimeoutError, toGoogleFault } from './google-fault.ts'
import { GoogleProblem, type Permission } from './google-problem.ts'

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

/** Calls to Google with retries. Each call ends within its deadline, even when Google does not respond. */
export interface GoogleCalls {
  /**
   * Returns the result of `attempt`. Retries after a transient error, with exponential backoff and jitter. Throws
   * STORAGE_UNAVAILABLE, whose cause is a message for the operator.
   */
  run<T>(permission: Permission, attempt: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Converts the error of a call that must not be retried. */
  toError(permission: Permission, error: unknown): ServiceError
}

/** Creates calls with one circuit breaker per service. `bucket` is named in messages. */
export function createGoogleCalls(bucket: string, limits: CallLimits): GoogleCalls {
  const newCircuit = () =>
    createCircuitBreaker(limits.maxFailures, limits.circuitOpenMs, () => performance.now())
  // Two services of Google: one can be down while the other works.
  const circuits = { storage: newCircuit(), iam: newCircuit() }

  const toError = (permission: Permission, error: unknown): ServiceError => {
    if (error instanceof ServiceError) return error
    // Errors of the libraries contain requests with credentials, so only this message is kept.
    const cause = new GoogleProblem(toGoogleFault(error), bucket, permission)
    return new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used at the moment', {}, { cause })
  }

  const run = async <T>(permission: Permission, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const circuit = permission === 'iam.serviceAccounts.signBlob' ? circuits.iam : circuits.storage
    if (!circuit.enter())
      throw toError(permission, new TimeoutError('several calls failed, the next attempt is in some seconds'))
    const endMs = performance.now() + limits.deadlineMs
    for (let attempts = 1; ; attempts++) {
      try {
        const result = await endWithin(
          Math.max(1, Math.min(limits.attemptMs, endMs - performance.now())),
          attempt,
        )
        circuit.succeeded()
        return result
      } catch (error) {
        const { isTransient } = toGoogleFault(error)
        const pauseMs = pauseAfter(attempts, limits)
        const isLast = !isTransient || performance.now() + pauseMs >= endMs
        if (isLast && isTransient) circuit.failed()
        // A refusal is a response, so the service is up.
        else if (isLast) circuit.succeeded()
        if (isLast) throw toError(permission, error)
        await wait(pauseMs)
      }
    }
  }
  return { run, toError }
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
