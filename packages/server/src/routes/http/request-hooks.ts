import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress } from './client-address.ts'
import { drainBody } from './drain-body.ts'
import { limitSilence } from './limit-silence.ts'

/**
 * What happens around every request: its id in the answer, a limit on silence while its body or its answer is on the
 * way, a body that nobody read, one line in the log.
 */
export function addRequestHooks(app: FastifyInstance, idleMs: number): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    limitSilence(request.raw, reply.raw, idleMs)
    reply.raw.once('close', () => logRequest(request, reply))
  })

  app.addHook('onSend', async (request, reply) => {
    if (await drainBody(request.raw)) return
    reply.header('connection', 'close')
    reply.raw.once('finish', () => request.raw.destroy())
  })
}

/** The request's line in the log; its status is null where the connection ended before the answer did. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const facts = {
    method: request.method,
    // Without the query, which holds credentials of uploads and downloads.
    path: request.url.split('?', 1)[0],
    status: reply.raw.writableFinished ? reply.raw.statusCode : null,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    organization_id: request.apiKey?.organizationId,
    api_key_id: request.apiKey?.id,
    client_address: clientAddress(request),
  }
  request.log.info(facts, 'request')
}
