import type { FastifyReply } from 'fastify'
import { classifyError, isFault } from './error-status.ts'

/**
 * Logs a failure within a stream, which the status of the response cannot tell. Refusals of a model server appear with
 * their code alone, because their message can repeat the request. A client that has gone is no failure.
 */
export function logStreamFailure({ raw, request }: FastifyReply, thrown: unknown): void {
  if (raw.destroyed) return
  const { error, status } = classifyError(thrown)
  if (isFault(status, error.code)) request.log.error({ err: thrown, code: error.code }, 'a stream failed')
  else request.log.warn({ code: error.code }, 'a stream failed')
}
