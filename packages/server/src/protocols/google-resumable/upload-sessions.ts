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
/** What a page may read: how far it is, when it may come again, and what the log has its request under. */
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
 * Session URIs, the protocol of Google's resumable uploads. The URI is the credential, so that these URLs
 * answer every origin, whatever `CORS_ORIGINS` says of the API.
 */
export function uploadSessionRoutes(context: Context, publicUrl: () => string): FastifyPluginCallback {
  return (app, _options, done) => {
    // A body is never parsed here, whatever type it claims; Fastify would refuse an empty type by itself.
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
        // Not the request: one whose body has been read to its end does nothing any more.
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
      // Not in the handler: Fastify itself refuses a QUERY that has no Content-Type, before it gets there. The hook
      // neither calls on nor is a promise, so that nothing follows, also where the connection ends meanwhile.
      onRequest: (_request, reply) => {
        reply.header('allow', METHODS.join(', '))
        send(reply, protocolError(405, 'methodNotAllowed', 'A session URI takes PUT, POST and DELETE.'))
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
