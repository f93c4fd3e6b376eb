import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { drainBody } from './drain-body.ts'

/** What happens around every request: its id in the answer, a body nobody read, one line in the log. */
export function addRequestHooks(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })

  app.addHook('onSend', async (request) => {
    await drainBody(request.raw)
  })

  app.addHook('onResponse', async (request, reply) => {
    logRequest(request, reply, reply.statusCode)
  })
}

/** The request's line in the log; status null for one whose connection ended before an answer. */
export function logRequest(request: FastifyRequest, reply: FastifyReply, status: number | null): void {
  const facts = {
    method: request.method,
    // Without the query, which holds credentials of uploads and downloads.
    path: request.url.split('?', 1)[0],
    status,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    organization_id: request.apiKey?.organizationId,
    api_key_id: request.apiKey?.id,
  }
  request.log.info(facts, 'request')
}
