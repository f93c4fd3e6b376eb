import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keyIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    rateLimits: RateLimits
  }
}

/** Counts of this process, in windows of one minute that begin with the first request. */
export interface RateLimits {
  /** Counts a request with a valid key, and adds the remaining number to its response. Throws RATE_LIMIT_EXCEEDED. */
  countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Counts a wrong key for the client address. Throws RATE_LIMIT_EXCEEDED. */
  countWrongKey(request: FastifyRequest, reply: FastifyReply): Promise<void>
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

/** Adds `app.rateLimits` for the routes. `requestsPerMinute` applies to each key; 0 means no limit. */
export function addRateLimits(app: FastifyInstance, requestsPerMinute: number): void {
  app.register(rateLimit, { global: false, timeWindow: MINUTE_MS })
  app.after(() => {
    // Each keeps the latest keys or addresses, as many as the library keeps by default.
    const countByKey = app.createRateLimit({
      max: requestsPerMinute,
      keyGenerator: ({ caller }) => (caller && keyIdOf(caller)) ?? '',
    })
    const countByAddress = app.createRateLimit({ max: WRONG_KEYS_PER_MINUTE })

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
        throw tooMany(reply, `${count.max} wrong keys a minute`, count.ttlInSeconds)
      },
    })
  })
}

function tooMany(reply: FastifyReply, limit: string, retrySeconds: number): ServiceError {
  reply.header('retry-after', retrySeconds)
  const details = { retry_after_seconds: retrySeconds }
  return new ServiceError('RATE_LIMIT_EXCEEDED', `the limit of ${limit} is reached`, details)
}
