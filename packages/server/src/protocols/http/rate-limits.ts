import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { SharedCounts } from './shared-counts.ts'

declare module 'fastify' {
  interface FastifyInstance {
    rateLimits: RateLimits
  }
}

/** Counts of this process and of those that share them, in windows of one minute that begin with the first request. */
export interface RateLimits {
  /** Counts a request with a valid key, and adds the remaining number to its response. Throws RATE_LIMIT_EXCEEDED. */
  countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Counts a wrong key or share link for the client address. Throws RATE_LIMIT_EXCEEDED. */
  countWrongKey(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Counts a request without a credential for the client address. Throws RATE_LIMIT_EXCEEDED. */
  countAnonymous(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/** Headers of rate limits that scripts of a web page may read. */
export const RATE_LIMIT_HEADERS = [
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'retry-after',
]

const MINUTE_MS = 60_000
/** More than a person can type by mistake, and far too few to guess a key. */
const WRONG_KEYS_PER_MINUTE = 100

/** Several pages behind one address may load at the same time. */
const ANONYMOUS_PER_MINUTE = 600

/** Keys or addresses that are counted; beyond it, the count that was used longest ago is forgotten. */
const MAX_COUNTED = 5000

/** Requests since the beginning of a window. */
interface Window {
  readonly count: number
  readonly startMs: number
}

interface Counts {
  /** Counts requests. Returns those of the window, and the milliseconds until it ends. */
  add(key: string, count: number): { readonly current: number; readonly ttl: number }
}

function createCounts(): Counts {
  const windows = new Map<string, Window>()
  return {
    add: (key, count) => {
      const nowMs = Date.now()
      const before = windows.get(key)
      const isOpen = before !== undefined && nowMs < before.startMs + MINUTE_MS
      const window = isOpen
        ? { count: before.count + count, startMs: before.startMs }
        : { count, startMs: nowMs }
      // A Map keeps its entries in the order in which they were set.
      windows.delete(key)
      windows.set(key, window)
      const [oldest] = windows.keys()
      if (windows.size > MAX_COUNTED && oldest !== undefined) windows.delete(oldest)
      return { current: window.count, ttl: window.startMs + MINUTE_MS - nowMs }
    },
  }
}

/**
 * Returns the class of the stores, each with a count for each request. The store of the library gives requests that are
 * counted at the same time the count of the last one, so that all of them are refused. The stores of the same limit of
 * an app share its name in all processes.
 */
function storeOf(appName: string, shared: SharedCounts | null) {
  let limits = 0
  return class WindowStore implements FastifyRateLimitStore {
    readonly #counts = createCounts()
    readonly #name = `${appName} ${limits++}`

    constructor() {
      shared?.subscribe(this.#name, (key, count) => this.#counts.add(key, count))
    }

    incr(key: string, done: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      shared?.add(this.#name, key)
      done(null, this.#counts.add(key, 1))
    }

    child(): WindowStore {
      return new WindowStore()
    }
  }
}

export interface RateLimitOptions {
  /** Limit per API key; 0 means no limit. */
  readonly requestsPerMinute: number
  /** Counts of the other processes of the service; null when there are none. */
  readonly sharedCounts: SharedCounts | null
}

/** Adds `app.rateLimits` for the routes. Apps with different names count separately. */
export function addRateLimits(
  app: FastifyInstance,
  appName: string,
  { requestsPerMinute, sharedCounts }: RateLimitOptions,
): void {
  const store = storeOf(appName, sharedCounts)
  app.register(rateLimit, { global: false, timeWindow: MINUTE_MS, store })
  app.after(() => {
    const countByKey = app.createRateLimit({
      max: requestsPerMinute,
      keyGenerator: ({ caller }) => (caller && actorIdOf(caller)) ?? '',
    })
    const countByAddress = app.createRateLimit({ max: WRONG_KEYS_PER_MINUTE })
    const countAnonymous = app.createRateLimit({ max: ANONYMOUS_PER_MINUTE })

    app.decorate('rateLimits', {
      countRequest: async (request, reply) => {
        if (requestsPerMinute === 0) return
        const count = await countByKey(request)
        if (count.isAllowed) return
        reply.headers({
          'x-ratelimit-limit': count.max,
          'x-ratelimit-remaining': count.remaining,
          'x-ratelimit-reset': count.ttlInSeconds,
        })
        if (count.isExceeded) throw tooMany(reply, `${count.max} requests a minute`, count.ttlInSeconds)
      },
      countWrongKey: async (request, reply) => {
        const count = await countByAddress(request)
        if (count.isAllowed || !count.isExceeded) return
        throw tooMany(reply, `${count.max} wrong keys and links a minute`, count.ttlInSeconds)
      },
      countAnonymous: async (request, reply) => {
        const count = await countAnonymous(request)
        if (count.isAllowed || !count.isExceeded) return
        throw tooMany(reply, `${count.max} requests a minute`, count.ttlInSeconds)
      },
    })
  })
}

function tooMany(reply: FastifyReply, limit: string, retrySeconds: number): ServiceError {
  reply.header('retry-after', retrySeconds)
  const details = { retry_after_seconds: retrySeconds }
  return new ServiceError('RATE_LIMIT_EXCEEDED', `the limit of ${limit} is reached`, details)
}
