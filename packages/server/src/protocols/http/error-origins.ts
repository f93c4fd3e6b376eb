import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Returns a function that lets a page of one of these origins read an error that came before the hook of CORS, for example
 * of a malformed URL. It leaves a response alone that a hook has prepared. Fetch Standard, section 3.3.3.
 */
export function createErrorOrigins(
  origins: readonly string[],
  exposedHeaders: readonly string[],
): (request: FastifyRequest, reply: FastifyReply) => void {
  const allowed = new Set(origins)
  return ({ headers: { origin } }, reply) => {
    if (allowed.size === 0 || reply.hasHeader('access-control-allow-origin')) return
    reply.header('vary', 'Origin')
    if (origin === undefined || !allowed.has(origin)) return
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposedHeaders.join(', '),
    })
  }
}
