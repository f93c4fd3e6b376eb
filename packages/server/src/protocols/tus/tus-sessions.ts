import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { cancelBySessionUri, cancelUploadSession } from '../../operations/uploads/cancel-upload-session.ts'
import { RECEIVE_UPLOAD } from '../../operations/uploads/receive-upload.ts'
import type { Received, UploadAnswer } from '../../operations/uploads/upload-answer.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import { requestFacts } from '../http/client-address.ts'
import { closeConnection } from '../http/close-connection.ts'
import { type Endpoint, type EndpointContext, endpoint, mountEndpoints } from '../http/endpoint.ts'
import { hasContent } from '../http/has-content.ts'
import { allowEveryOrigin } from '../http/upload-cors.ts'
import { uploadIdOf } from '../http/upload-id.ts'
import { refuseMethodsExcept } from '../http/upload-protocol.ts'
import { URLS } from '../urls.ts'
import { BYTES_BODY, PARAMETERS, responseHeaders, textResponse } from './documentation.ts'
import { limitHeader } from './protocol-headers.ts'
import { type BytesRequest, queryOffset, receiveBytes } from './receive-bytes.ts'
import { checkBytesType, readBytesHeader } from './request-headers.ts'
import { type AnsweredUpload, deleteAnswer, headAnswer, patchAnswer } from './session-answer.ts'
import { speakTus } from './speak-tus.ts'
import { sendAnswer, type TusAnswer } from './tus-answer.ts'
import { bodyDigestOf } from './upload-checksum.ts'

const ENDED_RESPONSES = {
  404: textResponse('The session does not exist, or its File is deleted.'),
  410: textResponse('The session has expired, was cancelled, or failed.'),
  412: textResponse('The version of tus is not supported.', 'Tus-Version'),
}

const offset = endpoint(
  {
    operation: { ...RECEIVE_UPLOAD, action: 'getUploadOffset' },
    method: 'HEAD',
    path: URLS.uploadSession,
    uploadProtocol: 'tus',
    tag: 'Uploads',
    summary: 'Get the offset of the upload',
    description:
      'The offset stays valid until another request sends bytes: a request that is still running ends, and its bytes are kept.',
    parameters: [PARAMETERS.uploadId, PARAMETERS.tusResumable],
    responses: {
      200: {
        description: 'The state of the upload.',
        headers: responseHeaders(
          'Upload-Offset',
          'Upload-Length',
          'Upload-Defer-Length',
          'Upload-Metadata',
          'Upload-Concat',
          'Upload-Expires',
          'X-Waybill-File-Id',
        ),
      },
      ...ENDED_RESPONSES,
    },
    errors: null,
  },
  ({ context }) =>
    async (request, reply) => {
      const received = await queryOffset(context, uploadIdOf(request), requestFacts(request), null)
      return respond(request, reply, received, headAnswer)
    },
)

const append = endpoint(
  {
    operation: { ...RECEIVE_UPLOAD, action: 'appendToUpload' },
    method: 'PATCH',
    path: URLS.uploadSession,
    uploadProtocol: 'tus',
    tag: 'Uploads',
    summary: 'Append bytes to the upload',
    description:
      'The body begins at `Upload-Offset`, which must be the offset of the upload, and may have any size. The response confirms ' +
      'only bytes that are on disk. Bytes of an interrupted request are kept, unless it has an `Upload-Checksum`. The last ' +
      'byte completes the upload.',
    parameters: [
      PARAMETERS.uploadId,
      PARAMETERS.tusResumable,
      PARAMETERS.uploadOffset,
      PARAMETERS.uploadLength,
      PARAMETERS.uploadChecksum,
    ],
    streamedBody: BYTES_BODY,
    responses: {
      204: {
        description: 'The bytes are stored.',
        headers: responseHeaders('Upload-Offset', 'Upload-Expires', 'X-Waybill-File-Id'),
      },
      400: textResponse('A header is missing or malformed, or the length differs from an earlier one.'),
      403: textResponse('The upload is a final one, which accepts no bytes.'),
      409: textResponse('The upload continues at another offset.', 'Upload-Offset'),
      413: textResponse(
        'The body exceeds the length of the upload, the maximum size or the quota.',
        'Upload-Limit',
      ),
      415: textResponse('The content type is not `application/offset+octet-stream`.'),
      422: textResponse('The upload is complete, and its content is refused.'),
      460: textResponse('The body does not match `Upload-Checksum`. None of its bytes are kept.'),
      ...ENDED_RESPONSES,
    },
    errors: null,
  },
  ({ context }) =>
    async (request, reply) => {
      const bytes = toBytesRequest(request)
      const received = await receiveBytes(context, uploadIdOf(request), requestFacts(request), bytes)
      return respond(request, reply, await asOpen(received, bytes), patchAnswer)
    },
)

const cancel = endpoint(
  {
    operation: cancelUploadSession,
    method: 'DELETE',
    path: URLS.uploadSession,
    uploadProtocol: 'tus',
    tag: 'Uploads',
    summary: 'Cancel the upload',
    description:
      'Deletes the received bytes, and releases the reserved quota. A complete upload is not deleted: the session URL gives no ' +
      'access to the File.',
    parameters: [PARAMETERS.uploadId, PARAMETERS.tusResumable],
    responses: {
      204: { description: 'The session is cancelled.' },
      403: textResponse('The upload is complete.'),
      ...ENDED_RESPONSES,
    },
    errors: null,
  },
  ({ context }) =>
    async (request, reply) => {
      const received = await cancelBySessionUri(context, uploadIdOf(request), requestFacts(request))
      return respond(request, reply, received, deleteAnswer)
    },
)

export const TUS_SESSIONS: readonly Endpoint[] = [offset, append, cancel]
const METHODS = TUS_SESSIONS.flatMap(({ method }) => method)

/** Mounts tus on the session URL. The URL is the credential: a key that comes along is ignored. */
export function tusSessionRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    allowEveryOrigin(app)
    speakTus(app, context.context.limits, METHODS)
    mountEndpoints(app, TUS_SESSIONS, context)
    refuseMethodsExcept(app, URLS.uploadSession, METHODS, 'tus')
    done()
  }
}

/** Throws UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST. */
function toBytesRequest({ raw, bodyType }: FastifyRequest): BytesRequest {
  checkBytesType(bodyType)
  const uploadOffset = readBytesHeader(raw.headers, 'upload-offset')
  if (uploadOffset === null) throw new ServiceError('INVALID_REQUEST', 'send Upload-Offset')
  return {
    offset: uploadOffset,
    length: readBytesHeader(raw.headers, 'upload-length'),
    body: raw,
    bodyBytes: readBodyBytes(raw.headers),
    bodyDigest: bodyDigestOf(raw),
  }
}

/** Applies the rules of an open upload to a request that came after the last byte. */
async function asOpen(
  { answer, session }: Received<UploadAnswer>,
  { offset: start, length, body, bodyBytes }: BytesRequest,
): Promise<Received<UploadAnswer>> {
  const isFinal = session?.layout === 'parts'
  if (answer.kind !== 'object' || isFinal || answer.isNew) return { answer, session }
  const { sizeBytes } = answer.object
  const at = { sizeBytes, offset: sizeBytes }
  if (start !== sizeBytes) return { answer: { kind: 'gap', start, offset: sizeBytes }, session }
  if (length !== null && length !== sizeBytes) return { answer: { kind: 'other-length', ...at }, session }
  if (await hasContent(body, bodyBytes)) return { answer: { kind: 'wrong-size', ...at }, session }
  return { answer, session }
}

/** Sends the response to the outcome of a request. */
async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, session }: Received<UploadAnswer>,
  render: (answer: AnsweredUpload, session: Received<unknown>['session']) => TusAnswer,
): Promise<FastifyReply> {
  if (answer.kind === 'cut') return closeConnection(request, reply)
  const rendered = render(answer, session)
  // The limit of its creation: that of a later start may be lower.
  if (session && rendered.status === 413) reply.headers(limitHeader(session.maxSizeBytes))
  return sendAnswer(reply, rendered)
}
