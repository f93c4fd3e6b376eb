import { setTimeout as wait } from 'node:timers/promises'
import { ServiceError } from '../../domain/errors.ts'
import { withDeadline } from '../../platform/deadline.ts'
import { createCircuit } from './circuit.ts'
import { TimeoutError, toGoogleFault } from './google-fault.ts'
import { GoogleProblem, type Permission } from './google-problem.ts'

export interface CallLimits {
  /** One attempt. */
  readonly attemptMs: number
  /** All attempts of a call, and the pauses between them. */
  readonly deadlineMs: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** So many calls in a row that came to nothing, and the next ones are refused at once for `restMs`. */
  readonly maxFailures: number
  readonly restMs: number
}

export const CALL_LIMITS: CallLimits = {
  attemptMs: 4000,
  deadlineMs: 10_000,
  firstPauseMs: 100,
  longestPauseMs: 2000,
  maxFailures: 5,
  restMs: 5000,
}

/** Calls to Google that may be made again: each comes to an end within its deadline, whatever Google does. */
export interface GoogleCalls {
  /**
   * What the attempt comes to. One that fails for a passing reason is made again, after a pause that grows and is
   * random, so that many callers do not come back together. Throws STORAGE_UNAVAILABLE; the cause is a sentence for the operator.
   */
  run<T>(permission: Permission, attempt: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** The error of a call that could be made only once. */
  toError(permission: Permission, error: unknown): ServiceError
}

export function createGoogleCalls(bucket: string, limits: CallLimits): GoogleCalls {
  const newCircuit = () => createCircuit(limits.maxFailures, limits.restMs, () => performance.now())
  // Two services of Google's: one that is away says nothing of the other.
  const circuits = { storage: newCircuit(), iam: newCircuit() }

  const toError = (permission: Permission, error: unknown): ServiceError => {
    if (error instanceof ServiceError) return error
    // The libraries' own errors hold requests with their credentials: nothing of them goes on but these words.
    const cause = new GoogleProblem(toGoogleFault(error), bucket, permission)
    return new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used at the moment', {}, { cause })
  }

  const run = async <T>(permission: Permission, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const circuit = permission === 'iam.serviceAccounts.signBlob' ? circuits.iam : circuits.storage
    if (!circuit.enter())
      throw toError(permission, new TimeoutError('it has not for a while, and is not asked for some seconds'))
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
        // An answer, if not the one that was hoped for.
        else if (isLast) circuit.succeeded()
        if (isLast) throw toError(permission, error)
        await wait(pauseMs)
      }
    }
  }
  return { run, toError }
}

/** Any length up to the one that doubles with each attempt. */
function pauseAfter(attempts: number, { firstPauseMs, longestPauseMs }: CallLimits): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempts)
}

/** Rejects after `timeoutMs` also where a part of Google's client takes no signal and does not end. */
async function endWithin<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const toError = () => new TimeoutError(`not within ${Math.round(timeoutMs)} ms`)
  try {
    return await withDeadline(timeoutMs, work(abort.signal), toError)
  } catch (error) {
    abort.abort()
    throw error
  }
}
