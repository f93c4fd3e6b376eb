import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keyIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    rateLimits: RateLimits
  }
}

/** Counts within this process, in windows of a minute that begin with the first request. */
export interface RateLimits {
  /** Counts a request that came with a good key, and says in its answer what is left. Throws RATE_LIMIT_EXCEEDED. */
  countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Counts a wrong key against the address that it came from. Throws RATE_LIMIT_EXCEEDED. */
  countWrongKey(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/** The headers that a page in a browser may read, too. */
export const RATE_LIMIT_HEADERS = [
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'retry-after',
]

const MINUTE_MS = 60_000
/** Nobody types this many wrong keys in a minute, and nobody finds a right one with as few. */
const WRONG_KEYS_PER_MINUTE = 100

/** Offers `app.rateLimits` to the routes; `requestsPerMinute` is for each key, and 0 stands for no limit. */
export function addRateLimits(app: FastifyInstance, requestsPerMinute: number): void {
  app.register(rateLimit, { global: false, timeWindow: MINUTE_MS })
  app.after(() => {
    // Each remembers as many keys or addresses as the library does by default, those that came last.
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
