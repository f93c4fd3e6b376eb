import { WaybillError } from './errors.ts'

/** How often, and how soon, something is tried again. */
export interface RetryPolicy {
  /** Failures in a row, without a byte of progress between them, after which it is given up. */
  readonly maxFailures: number
  /** The pause after the first failure; it doubles with each. */
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

export const DEFAULT_RETRY: RetryPolicy = { maxFailures: 10, baseDelayMs: 500, maxDelayMs: 30_000 }

/** Failures after which a service that never responded is given up: its URL is probably wrong, or it does not run. */
const UNREACHED_FAILURES = 3

export interface Retrying {
  readonly fetch: typeof fetch
  readonly retry: RetryPolicy
}

/**
 * Completes the policy with the defaults. Without an explicit `maxFailures`, a service that has not responded to this
 * client yet is given up after 3 failures and at most 3.5 s of backoff in total. Throws a `TypeError` for an unknown
 * option, and a `RangeError` for a negative value or one that is not a number.
 */
export function createRetrying(fetchAny: typeof fetch, wanted: Partial<RetryPolicy>): Retrying {
  const given = checkedPolicy(wanted)
  const policy = { ...DEFAULT_RETRY, ...given }
  let hasAnswered = given.maxFailures !== undefined
  return {
    fetch: async (input, init) => {
      const answer = await fetchAny(input, init)
      hasAnswered = true
      return answer
    },
    retry: {
      ...policy,
      get maxFailures() {
        return hasAnswered ? policy.maxFailures : UNREACHED_FAILURES
      },
    },
  }
}

/** Returns the options that have a value. */
function checkedPolicy(wanted: Partial<RetryPolicy>): Partial<RetryPolicy> {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!(name in DEFAULT_RETRY)) {
      throw new TypeError(`retry has no option ${name}: it has ${Object.keys(DEFAULT_RETRY).join(', ')}.`)
    }
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new RangeError(`retry.${name} must be a number of at least 0.`)
    }
  }
  return Object.fromEntries(given)
}

/** A service that asks for a longer wait than this is not waited for. */
const MAX_RETRY_AFTER_MS = 120_000

/** 507 is none of them: a full disk is not emptied by asking again. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
/** The service did nothing yet when it answers with these. */
const UNTOUCHED_STATUSES: ReadonlySet<number> = new Set([408, 429])

/** Whether the same again may go well. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof WaybillError)) return false
  if ((error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return false
  return error.code === 'CONNECTION_FAILED' || PASSING_STATUSES.has(error.status)
}

/** Whether it may go well, and was surely not done before. */
export function isUntouched(error: unknown): boolean {
  return isPassing(error) && error instanceof WaybillError && UNTOUCHED_STATUSES.has(error.status)
}

/**
 * How long to wait after so many failures in a row (1 is the first). The upper half of the pause is random, so that
 * clients that failed together do not come back together. The service’s own wish is a lower bound.
 */
export function delayAfter(failures: number, error: unknown, policy: RetryPolicy): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1))
  const wished = error instanceof WaybillError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(full * (0.5 + Math.random() / 2), wished)
}

/** Waits; rejects with the signal’s reason as soon as it is aborted. */
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
