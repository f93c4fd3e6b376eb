import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { clientAddress } from './client-address.ts'
import type { Connections } from './connections.ts'
import { DEFAULT_HEADERS } from './default-headers.ts'
import { drainBody } from './drain-body.ts'
import { createIdleTimeout } from './idle-timeout.ts'
import type { OtherMethods } from './other-methods.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the error in the response; null when there is none. */
    errorCode: ErrorCode | null
  }
}

/**
 * Adds the hooks of every request: its id and headers against caching in the response, an idle timeout for its body and
 * its response, an early refusal when the head is invalid, draining of an unread body, and a line in the log.
 */
export function addRequestHooks(app: FastifyInstance, connections: Connections, idleMs: number): void {
  app.decorateRequest('errorCode', null)
  const idleTimeout = createIdleTimeout(idleMs)
  app.addHook('onClose', async () => idleTimeout.stop())
  // Not async, because that would cost every request a promise.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(DEFAULT_HEADERS)
    const endWatch = idleTimeout.watch(request.raw)
    reply.raw.once('close', () => {
      endWatch()
      logRequest(request, reply)
    })
    checkHead(request.raw)
    done()
  })

  app.addHook('onSend', (request, reply, _payload, done) => {
    if (hasEnded(request)) done()
    else endBody(request, reply, connections).then(() => done(), done)
  })
}

/**
 * Refuses unknown URLs with 404, and other methods of known URLs with 405. The hooks that `app` has so far run before,
 * those of other contexts do not.
 */
export function refuseUnknownRequests(app: FastifyInstance, otherMethods: OtherMethods): void {
  app.setNotFoundHandler(() => {})
  // The handler would run after the body is read.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done()
    otherMethods.refuse(request.url, reply)
    throw new ServiceError('NOT_FOUND', 'there is no such URL')
  })
}

/** Returns true for a request without a body, or whose body was read or refused after its last byte. */
function hasEnded({ raw, errorCode }: FastifyRequest): boolean {
  if (!raw.complete || errorCode === 'REQUEST_TIMEOUT') return false
  raw.resume()
  return true
}

/** Drains the rest of a body, or closes the connection after the response. */
export async function endBody(
  request: FastifyRequest,
  reply: FastifyReply,
  connections: Connections,
): Promise<void> {
  // A body that timed out gets no more time.
  const isLate = request.errorCode === 'REQUEST_TIMEOUT'
  if (!isLate && (await drainBody(request.raw, connections))) return
  reply.header('connection', 'close')
}

/**
 * Throws INVALID_REQUEST for a request that a proxy could parse differently, and NOT_IMPLEMENTED for a body in a coding that
 * nobody would undo (RFC 9112, section 6.1).
 */
function checkHead({ httpVersionMajor, rawHeaders, headers }: IncomingMessage): void {
  if (httpVersionMajor !== 1) throw new ServiceError('INVALID_REQUEST', 'send HTTP/1.1 or HTTP/1.0')
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
    throw new ServiceError('NOT_IMPLEMENTED', 'send no Transfer-Encoding other than chunked')
  if (hosts > 1) throw new ServiceError('INVALID_REQUEST', 'send one Host header')
}

/** Logs the request. The status is null when the connection closed before the end of the response. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { caller } = request
  const facts = {
    method: request.method,
    // Without the query, which contains credentials of uploads and downloads.
    path: request.url.split('?', 1)[0],
    status: reply.raw.writableFinished ? reply.raw.statusCode : null,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    organization_id: caller?.organizationId ?? undefined,
    api_key_id: caller ? keyIdOf(caller) : undefined,
    user_id: (caller && userIdOf(caller)) ?? undefined,
    client_address: caller ? caller.request.clientAddress : clientAddress(request),
  }
  request.log.info(facts, 'request')
}
