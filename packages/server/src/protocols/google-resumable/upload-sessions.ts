import type { IncomingMessage } from 'node:http'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { OperationFacts } from '../../operations/define-operation.ts'
import { cancelBySessionUri, cancelUploadSession } from '../../operations/uploads/cancel-upload-session.ts'
import { RECEIVE_UPLOAD } from '../../operations/uploads/receive-upload.ts'
import { requestFacts } from '../http/client-address.ts'
import {
  type Endpoint,
  type EndpointContext,
  type EndpointResponse,
  endpoint,
  mountEndpoints,
  type Parameter,
  PUBLIC,
} from '../http/endpoint.ts'
import { URLS } from '../urls.ts'
import { parseContentRange } from './content-range.ts'
import { protocolErrorOf } from './error-body.ts'
import { parseGoogHash } from './goog-hash.ts'
import { OBJECT_SCHEMA } from './object-resource.ts'
import { type ResumableAnswer, receiveUpload, type UploadRequest } from './receive-upload.ts'
import { protocolError, type SessionAnswer, sessionAnswer } from './session-answer.ts'

/** Response headers that pages in browsers may read. */
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

const header = (description: string) => ({ description, schema: { type: 'string' } })
const HEADERS = {
  'x-request-id': header('The id of the request.'),
  'X-GUploader-UploadID': header('The id of the session, if the session is known.'),
  'Access-Control-Allow-Origin': header('The origin of the page. Every origin is allowed.'),
  'Access-Control-Expose-Headers': header('The headers that a page may read.'),
}
const text = (description: string): EndpointResponse => ({
  description,
  headers: HEADERS,
  content: { 'text/plain': { schema: { type: 'string' } } },
})
const json = (description: string, schema: object = { type: 'object' }): EndpointResponse => ({
  description,
  headers: HEADERS,
  content: { 'application/json': { schema } },
})

const UPLOAD_ID: Parameter = {
  name: 'upload_id',
  in: 'query',
  required: true,
  schema: { type: 'string' },
  description: 'The credential in the `upload_url`.',
}
const requestHeader = (name: string, examples: readonly string[], description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  schema: { type: 'string', examples },
  description,
})
const CONTENT_RANGE = requestHeader(
  'Content-Range',
  ['bytes 0-8388607/300000000', 'bytes */*'],
  'The position of the bytes: `bytes a-b/T`, `bytes a-b/*` or `bytes a-*/*`. `bytes */*` asks for the state. Without the ' +
    'header, the body is the complete object. Send the total size `T` if it is known: a total that differs from the ' +
    'declared size is refused with 400. With `bytes a-b/*`, the chunk that reaches the declared size completes the upload ' +
    "with 200, as on Google's service, even if the client has more bytes to send.",
)
const GOOG_HASH = requestHeader(
  'X-Goog-Hash',
  ['crc32c=4waSgw=='],
  'A checksum of the complete object. The service verifies it at the end of the upload.',
)
const NO_308 = requestHeader(
  'X-GUploader-No-308',
  ['yes'],
  '`yes` replaces status 308 with 200 and the header `X-HTTP-Status-Code-Override: 308`, for clients that follow every 3xx ' +
    'status.',
)

const SESSION_RESPONSES = {
  200: json('The object is complete.', OBJECT_SCHEMA),
  404: json('The session does not exist.'),
  410: json('The session has expired or failed.'),
  499: { description: 'The session is cancelled.', headers: HEADERS },
  500: json('An internal error occurred.'),
}

/** Sends the outcome of a request to a session. */
async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  result: ResumableAnswer,
  publicUrl: string,
): Promise<FastifyReply> {
  if (result.kind === 'cut') {
    reply.hijack()
    // The socket and not the request: destroying a request whose body has ended does nothing.
    request.raw.socket.destroy()
    return reply
  }
  if (result.kind !== 'unknown') reply.header('x-guploader-uploadid', uploadIdOf(request))
  const no308 = request.headers['x-guploader-no-308'] === 'yes'
  return send(reply, sessionAnswer(result, publicUrl, no308))
}

const receiving = (operation: OperationFacts, method: 'PUT' | 'POST') =>
  endpoint(
    {
      operation,
      method,
      path: URLS.uploadSession,
      tag: 'Uploads',
      summary: 'Send bytes, or ask how many bytes have arrived',
      description:
        'The resumable upload protocol of Google Cloud Storage. PUT and POST do the same. The response confirms only bytes ' +
        'that are on disk. Bytes that have already arrived are skipped. The last byte completes the object. The size of ' +
        'every chunk except the last must be a multiple of 262,144 bytes.',
      parameters: [UPLOAD_ID, CONTENT_RANGE, GOOG_HASH, NO_308],
      streamedBody: { required: false, content: { '*/*': { schema: {} } } },
      responses: {
        ...SESSION_RESPONSES,
        308: {
          description: 'The upload is not complete.',
          headers: {
            ...HEADERS,
            Range: header('The received bytes, `bytes=0-{last}`; absent if there are none.'),
          },
        },
        400: text('The request does not match the upload.'),
        503: text('The range begins after the received bytes, or the storage is unavailable.'),
        507: json('The storage is full. The session remains open.'),
      },
      errors: null,
    },
    ({ context, publicUrl }) =>
      async (request, reply) => {
        const input = toUploadRequest(request.raw)
        const result = await receiveUpload(context, uploadIdOf(request), requestFacts(request), input)
        return respond(request, reply, result, publicUrl())
      },
  )

const cancel = endpoint(
  {
    operation: cancelUploadSession,
    method: 'DELETE',
    path: URLS.uploadSession,
    tag: 'Uploads',
    summary: 'Cancel the upload',
    description:
      'Deletes the received bytes. The response to a cancelled upload is 499, as on Google Cloud Storage.',
    parameters: [UPLOAD_ID],
    responses: SESSION_RESPONSES,
    errors: null,
  },
  ({ context, publicUrl }) =>
    async (request, reply) => {
      const result = await cancelBySessionUri(context, uploadIdOf(request), requestFacts(request))
      return respond(request, reply, result, publicUrl())
    },
)

const preflight = endpoint(
  {
    operation: { action: 'preflightUploadSession', scope: PUBLIC },
    method: 'OPTIONS',
    path: URLS.uploadSession,
    tag: 'Uploads',
    summary: 'Answer the preflight request of a browser',
    parameters: [UPLOAD_ID],
    responses: { 204: { description: 'Pages of every origin may send requests.', headers: HEADERS } },
    errors: null,
  },
  () => async (request, reply) => {
    const asked = request.headers['access-control-request-headers']
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': METHODS.join(', '),
        'access-control-max-age': PREFLIGHT_SECONDS,
        ...(asked ? { 'access-control-allow-headers': asked } : {}),
      })
      .send()
  },
)

export const UPLOAD_SESSIONS: readonly Endpoint[] = [
  receiving(RECEIVE_UPLOAD, 'PUT'),
  receiving({ ...RECEIVE_UPLOAD, action: 'receiveUploadByPost' }, 'POST'),
  cancel,
  preflight,
]
const METHODS = UPLOAD_SESSIONS.flatMap(({ method }) => method)

/**
 * Mounts the session URIs, the protocol of Google's resumable uploads. The URI is the credential, so that these URLs
 * allow every origin, whatever `CORS_ORIGINS` says.
 */
export function uploadSessionRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    // The body is never parsed here, whatever its type is. Fastify itself would refuse an empty type.
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
    mountEndpoints(app, UPLOAD_SESSIONS, context)
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
