import { ServiceError } from '../../domain/errors.ts'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import { type CallLimits, callProvider } from '../provider-calls.ts'
import { toS3Fault } from './s3-fault.ts'
import { type S3Action, S3Problem } from './s3-problem.ts'

/** Codes of servers that have no space left. */
const FULL = /^(QuotaExceeded|XMinioStorageFull|InsufficientStorage|InsufficientCapacity)$/

/** Calls to an S3 server with retries. Each call ends within its deadline, even when the server does not respond. */
export interface S3Calls {
  /**
   * Returns the result of `attempt`, which is told the number of attempts before it. Throws STORAGE_UNAVAILABLE, whose
   * cause is a message for the operator, or STORAGE_FULL.
   */
  run<T>(action: S3Action, attempt: (signal: AbortSignal, earlier: number) => Promise<T>): Promise<T>
  /** `run` for requests that move many bytes or join many parts, with `slowLimits`. */
  runSlow<T>(action: S3Action, attempt: (signal: AbortSignal, earlier: number) => Promise<T>): Promise<T>
  /** Converts the error of a call that must not be retried. */
  toError(action: S3Action, error: unknown): ServiceError
}

/** Creates calls with one circuit breaker. `bucket` is named in messages. */
export function createS3Calls(bucket: string, limits: CallLimits, slowLimits: CallLimits): S3Calls {
  const circuit = createCircuitBreaker(limits.maxFailures, limits.circuitOpenMs, () => performance.now())
  const isTransient = (error: unknown) => toS3Fault(error).isTransient

  const toError = (action: S3Action, error: unknown): ServiceError => {
    if (error instanceof ServiceError) return error
    const fault = toS3Fault(error)
    // Errors of the client contain requests with credentials, so only this message is kept.
    const cause = new S3Problem(fault, bucket, action)
    if (FULL.test(fault.code) || fault.status === 507) {
      return new ServiceError('STORAGE_FULL', 'the storage has no space left', {}, { cause })
    }
    return new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used at the moment', {}, { cause })
  }

  const runWithin =
    (ownLimits: CallLimits): S3Calls['run'] =>
    async (action, attempt) => {
      let attempts = 0
      const next = (signal: AbortSignal) => attempt(signal, attempts++)
      try {
        return await callProvider({ limits: ownLimits, circuit, attempt: next, isTransient })
      } catch (error) {
        throw toError(action, error)
      }
    }
  return { run: runWithin(limits), runSlow: runWithin(slowLimits), toError }
}
