import type { FastifyReply, FastifyRequest } from 'fastify'
import { retryAfterMs } from './error-body.ts'

/** Headers of this protocol that scripts of a web page may read. */
export const EXPOSED_HEADERS = [
  'x-request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-version',
  'openai-organization',
  'openai-processing-ms',
  'openai-poll-after-ms',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
]

/** Version of OpenAI's API, which has never changed. */
const VERSION = '2020-10-01'

/** Sets the headers that OpenAI's API adds to every response. */
export function setAnswerHeaders({ caller }: FastifyRequest, reply: FastifyReply): void {
  reply.header('openai-version', VERSION)
  reply.header('openai-processing-ms', String(Math.round(reply.elapsedTime)))
  // A request with a malformed URL has no properties of hooks.
  if (caller) reply.header('openai-organization', caller.organizationId)
  const limit = reply.getHeader('x-ratelimit-limit')
  if (limit !== undefined) {
    reply.header('x-ratelimit-limit-requests', limit)
    reply.header('x-ratelimit-remaining-requests', reply.getHeader('x-ratelimit-remaining'))
    reply.header('x-ratelimit-reset-requests', goDuration(Number(reply.getHeader('x-ratelimit-reset'))))
  }
  const retryAfter = Number(reply.getHeader('retry-after'))
  if (Number.isFinite(retryAfter)) reply.header('retry-after-ms', retryAfterMs(retryAfter))
}

/** Returns a duration as Go writes it, such as `1m0s` or `12s`. */
function goDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`
}
