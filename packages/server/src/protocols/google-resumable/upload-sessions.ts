import type { IncomingMessage } from 'node:http'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Context } from '../../operations/context.ts'
import { cancelUploadSession } from '../../operations/uploads/cancel-upload-session.ts'
import { requestFacts } from '../http/client-address.ts'
import { parseGoogHash } from '../http/goog-hash.ts'
import { URLS } from '../urls.ts'
import { parseContentRange } from './content-range.ts'
import { protocolErrorOf } from './error-body.ts'
import { type ResumableAnswer, receiveUpload, type UploadRequest } from './receive-upload.ts'
import { protocolError, type SessionAnswer, sessionAnswer } from './session-answer.ts'

const METHODS = ['PUT', 'POST', 'DELETE', 'OPTIONS']
/** Response headers that scripts of a web page may read. */
const EXPOSED_HEADERS = [
  'Range',
  'Location',
  'ETag',
  'X-GUploader-UploadID',
  'X-HTTP-Status-Code-Override',
  'Retry-After',
  'x-request-id',
].join(', ')
const PREFLIGHT_SECONDS = 3600

/**
 * Routes of the session URIs, with the protocol of Google's resumable uploads. The URI is the credential, so these URLs
 * allow every origin, whatever `CORS_ORIGINS` contains.
 */
export function uploadSessionRoutes(context: Context, publicUrl: () => string): FastifyPluginCallback {
  return (app, _options, done) => {
    // Bodies are never parsed here, so their type does not matter. Fastify itself would refuse an empty Content-Type.
    app.addHook('onRequest', async (request, reply) => {
      delete request.headers['content-type']
      reply.headers(corsHeaders(request))
    })
    app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    app.setErrorHandler(async (error, request, reply) => {
      const answer = protocolErrorOf(error)
      if (answer.status >= 500) request.log.error({ err: error }, 'an upload request failed')
      request.errorCode = answer.code
      return send(reply, answer)
    })

    const answer = async (request: FastifyRequest, reply: FastifyReply, work: Promise<ResumableAnswer>) => {
      const result = await work
      if (result.kind === 'cut') {
        reply.hijack()
        // Destroying the request would not close the connection if its body has been read to the end.
        request.raw.socket.destroy()
        return reply
      }
      const uploadId = uploadIdOf(request)
      if (result.kind !== 'unknown') reply.header('x-guploader-uploadid', uploadId)
      const no308 = request.headers['x-guploader-no-308'] === 'yes'
      return send(reply, sessionAnswer(result, publicUrl(), no308))
    }

    app.route({
      method: ['PUT', 'POST'],
      url: URLS.uploadSession,
      handler: (request, reply) => {
        return answer(
          request,
          reply,
          receiveUpload(context, uploadIdOf(request), toUploadRequest(request.raw)),
        )
      },
    })

    app.delete(URLS.uploadSession, (request, reply) =>
      answer(request, reply, cancelUploadSession(context, uploadIdOf(request), requestFacts(request))),
    )

    app.route({
      method: (app.supportedMethods as HTTPMethods[]).filter((method) => !METHODS.includes(method)),
      url: URLS.uploadSession,
      // In a hook, because Fastify refuses a QUERY without a Content-Type before it calls the handler. The hook neither
      // calls `done` nor returns a promise, so no later step runs, even if the connection closes meanwhile.
      onRequest: (_request, reply) => {
        reply.header('allow', METHODS.join(', '))
        send(reply, protocolError(405, 'methodNotAllowed', 'A session URI supports PUT, POST and DELETE.'))
      },
      handler: () => {},
    })

    app.options(URLS.uploadSession, async (request, reply) => {
      const asked = request.headers['access-control-request-headers']
      return reply
        .code(204)
        .headers({
          'access-control-allow-methods': METHODS.join(', '),
          'access-control-max-age': PREFLIGHT_SECONDS,
          ...(asked ? { 'access-control-allow-headers': asked } : {}),
        })
        .send()
    })
    done()
  }
}

function uploadIdOf({ query }: FastifyRequest): string {
  const { upload_id } = query as Record<string, unknown>
  return typeof upload_id === 'string' ? upload_id : ''
}

function toUploadRequest(message: IncomingMessage): UploadRequest {
  const { headers } = message
  const length = headers['content-length']
  return {
    range: parseContentRange(headers['content-range'] as string | undefined),
    hashes: parseGoogHash(headers['x-goog-hash'] as string | undefined),
    body: message,
    bodyBytes: length === undefined ? (headers['transfer-encoding'] ? null : 0) : Number(length),
  }
}

function corsHeaders({ headers }: FastifyRequest): Record<string, string> {
  return {
    'access-control-allow-origin': headers.origin ?? '*',
    'access-control-expose-headers': EXPOSED_HEADERS,
    vary: 'Origin',
  }
}

function send(reply: FastifyReply, { status, statusMessage, headers, body }: SessionAnswer): FastifyReply {
  if (statusMessage !== undefined) reply.raw.statusMessage = statusMessage
  return reply.code(status).headers(headers).send(body)
}
