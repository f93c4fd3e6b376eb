import { WaybillError } from './errors.ts'

/** Number and delay of retries. */
export interface RetryPolicy {
  /** Failures in a row, without a byte of progress between them, that are retried. The next failure is final. */
  readonly maxFailures: number
  /** Delay after the first failure. It doubles with each further failure. */
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

export const DEFAULT_RETRY: RetryPolicy = { maxFailures: 10, baseDelayMs: 500, maxDelayMs: 30_000 }

/** `maxFailures` for a service that has never responded: its URL is probably wrong, or it does not run. */
const UNREACHED_FAILURES = 3

export interface Retrying {
  readonly fetch: typeof fetch
  readonly retry: RetryPolicy
}

/**
 * Completes the policy with the defaults. Without an explicit `maxFailures`, only 3 failures are retried as long as the
 * service has never responded to this client: at most 3.5 s of backoff in total. Throws a `TypeError` for an unknown
 * option, and a `RangeError` for a negative value or one that is not a number.
 */
export function createRetrying(fetchAny: typeof fetch, wanted: Partial<RetryPolicy>): Retrying {
  const given = checkedPolicy(wanted)
  const policy = { ...DEFAULT_RETRY, ...given }
  let hasResponded = given.maxFailures !== undefined
  return {
    fetch: async (input, init) => {
      const response = await fetchAny(input, init)
      hasResponded = true
      return response
    },
    retry: {
      ...policy,
      get maxFailures() {
        return hasResponded ? policy.maxFailures : UNREACHED_FAILURES
      },
    },
  }
}

/** Returns the options that have a value. */
function checkedPolicy(wanted: Partial<RetryPolicy>): Partial<RetryPolicy> {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!(name in DEFAULT_RETRY)) {
      throw new TypeError(
        `retry has no option "${name}". Its options are ${Object.keys(DEFAULT_RETRY).join(', ')}.`,
      )
    }
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new RangeError(`retry.${name} must be a number, 0 or more.`)
    }
  }
  return Object.fromEntries(given)
}

/** Longest `Retry-After` that this library waits for. A longer one is not retried. */
const MAX_RETRY_AFTER_MS = 120_000

/** Statuses of transient errors. 507 is not one of them: a retry does not free a full disk. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
/** Statuses of requests that the service has not processed. */
const UNPROCESSED_STATUSES: ReadonlySet<number> = new Set([408, 429])

/** Returns true when a retry of the same request may succeed. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof WaybillError)) return false
  if ((error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return false
  const isTransientCode = error.code === 'CONNECTION_FAILED' || error.code === 'SCAN_PENDING'
  return isTransientCode || TRANSIENT_STATUSES.has(error.status)
}

/** Returns true when a retry may succeed and the service has certainly not processed the request. */
export function wasNotProcessed(error: unknown): boolean {
  return isTransient(error) && error instanceof WaybillError && UNPROCESSED_STATUSES.has(error.status)
}

/**
 * Returns the delay in milliseconds after `failures` failures in a row (1 is the first). The upper half of the delay
 * is random, so that clients that failed at the same time do not retry at the same time. The service's `Retry-After`
 * is the minimum.
 */
export function delayAfter(failures: number, error: unknown, policy: RetryPolicy): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1))
  const requested = error instanceof WaybillError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(full * (0.5 + Math.random() / 2), requested)
}

/** Waits. Rejects with the signal's reason as soon as the signal is aborted. */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
