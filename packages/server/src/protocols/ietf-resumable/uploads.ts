import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { cancelBySessionUri, cancelUploadSession } from '../../operations/uploads/cancel-upload-session.ts'
import { RECEIVE_UPLOAD } from '../../operations/uploads/receive-upload.ts'
import type { Received, UploadAnswer } from '../../operations/uploads/upload-answer.ts'
import { requestFacts } from '../http/client-address.ts'
import { closeConnection } from '../http/close-connection.ts'
import { type Endpoint, type EndpointContext, endpoint, mountEndpoints } from '../http/endpoint.ts'
import { hasContent } from '../http/has-content.ts'
import { allowEveryOrigin } from '../http/upload-cors.ts'
import { uploadIdOf } from '../http/upload-id.ts'
import { refuseMethodsExcept } from '../http/upload-protocol.ts'
import { URLS } from '../urls.ts'
import {
  type Answer,
  completeAnswer,
  finalAnswer,
  incompleteAnswer,
  limitsOf,
  problemAnswer,
  refusalOf,
} from './answers.ts'
import { type AppendInput, append, retrieveOffset } from './append.ts'
import { isPartialUpload } from './declared-file.ts'
import {
  BYTES_BODY,
  errorResponse,
  FILE_RESPONSE,
  PARAMETERS,
  problemResponse,
  responseHeaders,
} from './documentation.ts'
import { createInterimResponses } from './interim-responses.ts'
import { interopVersionOf, VERSION_WITHOUT_CONTENT_TYPE } from './interop-version.ts'
import { mismatchingOffset, type Problem, problem } from './problems.ts'
import { readUploadFields, toldLength } from './read-upload-request.ts'
import { sendAnswer, sendContentRefusal, speakIetf } from './speak-ietf.ts'

const ENDED_RESPONSES = {
  404: problemResponse('The upload does not exist, or its File is deleted.'),
  410: problemResponse('The upload has expired, was cancelled, or failed.'),
}

const offset = endpoint(
  {
    operation: { ...RECEIVE_UPLOAD, action: 'getUploadOffset' },
    method: ['HEAD', 'GET'],
    path: URLS.uploadSession,
    uploadProtocol: 'ietf',
    tag: 'Uploads',
    summary: 'Get the offset of the upload',
    description:
      'The next append must begin at the offset. A request that is still running ends, and its bytes are kept.',
    parameters: [PARAMETERS.uploadId],
    responses: {
      204: {
        description: 'The state of the upload.',
        headers: responseHeaders(
          'Upload-Offset',
          'Upload-Complete',
          'Upload-Length',
          'Upload-Limit',
          'X-Waybill-File-Id',
        ),
      },
      ...ENDED_RESPONSES,
    },
    errors: null,
  },
  ({ context }) =>
    async (request, reply) => {
      const received = await retrieveOffset(context, uploadIdOf(request), requestFacts(request), undefined)
      return respond(request, reply, received, context.now(), headAnswer)
    },
)

const appending = endpoint(
  {
    operation: { ...RECEIVE_UPLOAD, action: 'appendToUpload' },
    method: 'PATCH',
    path: URLS.uploadSession,
    uploadProtocol: 'ietf',
    tag: 'Uploads',
    summary: 'Append bytes to the upload',
    description:
      'The body begins at `Upload-Offset`, which must be the offset of the upload. The response confirms only bytes that are ' +
      'on disk. Bytes of an interrupted request are kept, unless it has a `Content-Digest`. A request with ' +
      '`Upload-Complete: ?1` completes the upload, also with an empty body.',
    parameters: [
      PARAMETERS.uploadId,
      PARAMETERS.uploadComplete,
      PARAMETERS.uploadOffset,
      PARAMETERS.uploadLength,
      PARAMETERS.interopVersion,
      PARAMETERS.contentDigest,
      PARAMETERS.reprDigest,
    ],
    streamedBody: BYTES_BODY,
    responses: {
      201: FILE_RESPONSE,
      204: {
        description: 'The bytes are stored.',
        headers: responseHeaders('Upload-Complete', 'Upload-Offset', 'Upload-Limit'),
      },
      400: problemResponse('A field is missing, or a length or digest does not match.'),
      409: problemResponse('The upload continues at another offset.', 'Upload-Offset'),
      413: errorResponse('The upload exceeds the maximum size or the quota.', 'Upload-Limit'),
      415: problemResponse('The content type is not `application/partial-upload`.', 'Accept-Patch'),
      422: errorResponse('The upload is complete, and its content is refused.'),
      ...ENDED_RESPONSES,
    },
    errors: null,
  },
  ({ context, publicUrl, interopVersions }) =>
    async (request, reply) => {
      const interim = createInterimResponses(request.raw, reply.raw, interopVersions)
      const input = readAppend(request, interim.areWanted ? interim.tellOffset : null)
      if ('problem' in input) return sendAnswer(reply, problemAnswer(input.problem))
      const received = await append(context, uploadIdOf(request), requestFacts(request), input)
      const isRepeated = await isRepeatedEnd(received.answer, input)
      return respond(request, reply, received, context.now(), (answer) =>
        appendAnswer(answer, input.offset, isRepeated, publicUrl()),
      )
    },
)

const cancel = endpoint(
  {
    operation: cancelUploadSession,
    method: 'DELETE',
    path: URLS.uploadSession,
    uploadProtocol: 'ietf',
    tag: 'Uploads',
    summary: 'Cancel the upload',
    description:
      'Deletes the received bytes, and releases the reserved quota. The File of a complete upload stays.',
    parameters: [PARAMETERS.uploadId],
    responses: { 204: { description: 'The upload is cancelled, or was complete.' }, ...ENDED_RESPONSES },
    errors: null,
  },
  ({ context }) =>
    async (request, reply) => {
      const received = await cancelBySessionUri(context, uploadIdOf(request), requestFacts(request))
      return respond(request, reply, received, context.now(), deleteAnswer)
    },
)

export const IETF_UPLOADS: readonly Endpoint[] = [offset, appending, cancel]
const METHODS = IETF_UPLOADS.flatMap(({ method }) => method)

/** Mounts the protocol on the session URL. The URL is the credential: a key that comes along is ignored. */
export function ietfUploadRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    allowEveryOrigin(app)
    speakIetf(app, context.context)
    mountEndpoints(app, IETF_UPLOADS, context)
    refuseMethodsExcept(app, URLS.uploadSession, METHODS, 'ietf')
    done()
  }
}

/** Reads an append; returns a problem when a field is missing or does not fit (draft -11, section "Upload Append"). */
function readAppend(
  { raw, bodyType }: FastifyRequest,
  onDurable: AppendInput['onDurable'],
): AppendInput | { readonly problem: Problem } {
  if (!isAppendType(bodyType, interopVersionOf(raw.headers))) {
    const headers = { 'accept-patch': 'application/partial-upload' }
    return { problem: problem(415, 'send Content-Type: application/partial-upload', headers) }
  }
  const fields = readUploadFields(raw.headers)
  if ('problem' in fields) return fields
  const { isComplete, offset: start, bodyBytes, contentDigests, hashes } = fields
  if (start === null) return { problem: problem(400, 'send Upload-Offset') }
  if (isComplete === null) return { problem: problem(400, 'send Upload-Complete') }
  const told = toldLength(fields, start)
  if ('problem' in told) return told
  const { totalBytes } = told
  return { offset: start, isComplete, totalBytes, body: raw, bodyBytes, contentDigests, hashes, onDurable }
}

function isAppendType(bodyType: string | null, version: number | null): boolean {
  return bodyType === null ? version === VERSION_WITHOUT_CONTENT_TYPE : isPartialUpload(bodyType)
}

type Ended = Exclude<UploadAnswer, { kind: 'cut' | 'refused' }>

function headAnswer(answer: Ended): Answer {
  switch (answer.kind) {
    case 'resume': {
      const length = answer.sizeBytes === null ? {} : { 'upload-length': String(answer.sizeBytes) }
      const { status, headers, body } = incompleteAnswer(204, answer.offset)
      return { status, headers: { ...headers, ...length }, body }
    }
    case 'object':
      return completeAnswer(answer.object)
    default:
      return refusalOf(answer)
  }
}

function appendAnswer(answer: Ended, start: number, isRepeated: boolean, publicUrl: string): Answer {
  switch (answer.kind) {
    case 'resume':
      return incompleteAnswer(204, answer.offset)
    case 'object':
      return answer.isNew || isRepeated
        ? finalAnswer(answer.object, answer.file, publicUrl)
        : problemAnswer(mismatchingOffset(answer.object.sizeBytes, start))
    default:
      return refusalOf(answer)
  }
}

/** Returns true for an append without content that repeats the end of a complete upload. */
async function isRepeatedEnd(
  answer: UploadAnswer,
  { offset: start, isComplete, body, bodyBytes }: AppendInput,
): Promise<boolean> {
  const isAtEnd = answer.kind === 'object' && !answer.isNew && start === answer.object.sizeBytes
  return isAtEnd && isComplete && !(await hasContent(body, bodyBytes))
}

function deleteAnswer(answer: Ended): Answer {
  const isDone = answer.kind === 'object' || (answer.kind === 'cancelled' && answer.isNew)
  if (isDone) return { status: 204, headers: {}, body: null }
  return answer.kind === 'resume' ? incompleteAnswer(204, answer.offset) : refusalOf(answer)
}

/** Sends the response to the outcome of a request, with the limits of the upload. */
async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, session }: Received<UploadAnswer>,
  nowMs: number,
  render: (answer: Ended) => Answer,
): Promise<FastifyReply> {
  if (answer.kind === 'cut') return closeConnection(request, reply)
  if (session) reply.header('upload-limit', limitsOf(session, nowMs))
  if (answer.kind === 'object') reply.header('x-waybill-file-id', answer.file?.id ?? session?.fileId)
  if (answer.kind === 'refused') return sendContentRefusal(request, reply, answer.error, nowMs)
  // The upload continues when there is space again.
  if (answer.kind === 'no-room') reply.header('upload-complete', '?0')
  return sendAnswer(reply, render(answer))
}
