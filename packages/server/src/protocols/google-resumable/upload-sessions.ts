import type { IncomingMessage } from 'node:http'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { OperationFacts } from '../../operations/define-operation.ts'
import { cancelBySessionUri, cancelUploadSession } from '../../operations/uploads/cancel-upload-session.ts'
import { RECEIVE_UPLOAD } from '../../operations/uploads/receive-upload.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import { requestFacts } from '../http/client-address.ts'
import { closeConnection } from '../http/close-connection.ts'
import {
  type Endpoint,
  type EndpointContext,
  type EndpointResponse,
  endpoint,
  mountEndpoints,
  type Parameter,
} from '../http/endpoint.ts'
import { isFault } from '../http/error-status.ts'
import { streamBodies } from '../http/streamed-bodies.ts'
import { allowEveryOrigin } from '../http/upload-cors.ts'
import { uploadIdOf } from '../http/upload-id.ts'
import { refuseMethodsExcept } from '../http/upload-protocol.ts'
import { URLS } from '../urls.ts'
import { parseContentRange } from './content-range.ts'
import { protocolErrorOf } from './error-body.ts'
import { parseGoogHash } from './goog-hash.ts'
import { OBJECT_SCHEMA } from './object-resource.ts'
import { type ResumableAnswer, receiveUpload, type UploadRequest } from './receive-upload.ts'
import { type SessionAnswer, sessionAnswer } from './session-answer.ts'

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
  200: {
    ...json('The object is complete.', OBJECT_SCHEMA),
    headers: {
      ...HEADERS,
      'X-Waybill-File-Id': header('The `id` of the File; absent while the upload is not registered.'),
    },
  },
  404: json('The session does not exist.'),
  410: json('The session has expired or failed. After a 422, the error is that of the 422.'),
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
  if (result.kind === 'cut') return closeConnection(request, reply)
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
      uploadProtocol: 'google',
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
        413: json('The upload exceeds its maximum size, or the quota of the organization.'),
        422: json(
          'The complete content was refused: the upload session with `auto_register` has ended. `error.errors[0]` has the ' +
            'domain `waybill`, and as its `reason` the error code of the JSON API, such as `FILE_TYPE_MISMATCH`.',
        ),
        503: text('The range begins after the received bytes, or the storage is unavailable.'),
        507: json('The storage is full. The session remains open.'),
      },
      errors: null,
    },
    ({ context, publicUrl }) =>
      async (request, reply) => {
        const input = toUploadRequest(request.raw)
        const { answer } = await receiveUpload(context, uploadIdOf(request), requestFacts(request), input)
        return respond(request, reply, answer, publicUrl())
      },
  )

const cancel = endpoint(
  {
    operation: cancelUploadSession,
    method: 'DELETE',
    path: URLS.uploadSession,
    uploadProtocol: 'google',
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
      const { answer } = await cancelBySessionUri(context, uploadIdOf(request), requestFacts(request))
      return respond(request, reply, answer, publicUrl())
    },
)

export const UPLOAD_SESSIONS: readonly Endpoint[] = [
  receiving(RECEIVE_UPLOAD, 'PUT'),
  receiving({ ...RECEIVE_UPLOAD, action: 'receiveUploadByPost' }, 'POST'),
  cancel,
]
const METHODS = UPLOAD_SESSIONS.flatMap(({ method }) => method)

/** Mounts the protocol of Google's resumable uploads on the session URL, and the refusal of methods of no protocol. */
export function uploadSessionRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    streamBodies(app)
    allowEveryOrigin(app)
    app.setErrorHandler(async (error, request, reply) => {
      const answer = protocolErrorOf(error)
      if (isFault(answer.status)) request.log.error({ err: error }, 'an upload request failed')
      request.errorCode = answer.code
      return send(reply, answer)
    })
    mountEndpoints(app, UPLOAD_SESSIONS, context)
    refuseMethodsExcept(app, URLS.uploadSession, METHODS, null)
    done()
  }
}

function toUploadRequest(message: IncomingMessage): UploadRequest {
  const { headers } = message
  return {
    range: parseContentRange(headers['content-range'] as string | undefined),
    hashes: parseGoogHash(headers['x-goog-hash'] as string | undefined),
    body: message,
    bodyBytes: readBodyBytes(headers),
  }
}

function send(reply: FastifyReply, { status, statusMessage, headers, body }: SessionAnswer): FastifyReply {
  if (statusMessage !== undefined) reply.raw.statusMessage = statusMessage
  return reply.code(status).headers(headers).send(body)
}
