import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Content-Type of a body that the handler reads as a stream; null without one. Set by `streamBodies`. */
    bodyType: string | null
  }
}

/**
 * Leaves the bodies of the routes of `app` to their handlers, of any content type and without one. Fastify itself would
 * refuse an empty or malformed type.
 */
export function streamBodies(app: FastifyInstance): void {
  app.decorateRequest('bodyType', null)
  app.addHook('onRequest', (request, _reply, done) => {
    request.bodyType = request.headers['content-type'] ?? null
    delete request.headers['content-type']
    done()
  })
  app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
}
