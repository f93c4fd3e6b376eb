import { ServiceError } from '../../domain/errors.ts'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import { type CallLimits, callProvider } from '../provider-calls.ts'
import { toGoogleFault } from './google-fault.ts'
import { GoogleProblem, type Permission } from './google-problem.ts'

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
  const isTransient = (error: unknown) => toGoogleFault(error).isTransient

  const toError = (permission: Permission, error: unknown): ServiceError => {
    if (error instanceof ServiceError) return error
    // Errors of the libraries contain requests with credentials, so only this message is kept.
    const cause = new GoogleProblem(toGoogleFault(error), bucket, permission)
    return new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used at the moment', {}, { cause })
  }

  const run = async <T>(permission: Permission, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const circuit = permission === 'iam.serviceAccounts.signBlob' ? circuits.iam : circuits.storage
    try {
      return await callProvider({ limits, circuit, attempt, isTransient })
    } catch (error) {
      throw toError(permission, error)
    }
  }
  return { run, toError }
}
