import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { CHECKSUM_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { isSameHashes, NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { holdAdmission } from '../../operations/access/hold-admission.ts'
import type { Context } from '../../operations/context.ts'
import { cancelRefusedUpload } from '../../operations/uploads/cancel-refused-upload.ts'
import {
  type CreatedUploadSession,
  createUploadSession,
} from '../../operations/uploads/create-upload-session.ts'
import {
  type CreatedWithBody,
  comesAtOnce,
  createUploadWithBody,
} from '../../operations/uploads/create-upload-with-body.ts'
import type { UploadAnswer } from '../../operations/uploads/upload-answer.ts'
import { callerOf } from '../http/authenticated.ts'
import { requestFacts } from '../http/client-address.ts'
import { closeConnection } from '../http/close-connection.ts'
import { type Endpoint, type EndpointContext, endpoint, mountEndpoints } from '../http/endpoint.ts'
import { OrganizationParams } from '../http/organization-params.ts'
import { recordRefusal } from '../http/record-refusal.ts'
import { allowUploadHeaders } from '../http/upload-cors.ts'
import { refuseMethodsExcept } from '../http/upload-protocol.ts'
import { sessionUri, URLS } from '../urls.ts'
import { type Answer, finalAnswer, incompleteAnswer, limitsOf, problemAnswer, refusalOf } from './answers.ts'
import { append } from './append.ts'
import { declaredFile } from './declared-file.ts'
import { ALGORITHMS, parseWantedDigests } from './digest-fields.ts'
import {
  BYTES_BODY,
  errorResponse,
  FILE_RESPONSE,
  PARAMETERS,
  problemResponse,
  responseHeaders,
} from './documentation.ts'
import { describeIetf } from './fields.ts'
import { createInterimResponses, type InterimResponses } from './interim-responses.ts'
import { inconsistentLength, type Problem } from './problems.ts'
import { readUploadFields, toldLength, type UploadFields } from './read-upload-request.ts'
import { sendAnswer, sendContentRefusal, speakIetf } from './speak-ietf.ts'

const creating = (method: 'POST' | 'PUT', action: string) =>
  endpoint(
    {
      operation: { ...createUploadSession, action },
      method,
      path: URLS.resumableUploads,
      tag: 'Uploads',
      summary: 'Create an upload with the resumable uploads of the IETF',
      description:
        'For clients of [draft-ietf-httpbis-resumable-upload](https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/). ' +
        'The body is the file, or its beginning with `Upload-Complete: ?0`; without `Upload-Complete` it is the whole ' +
        'file of an ordinary upload. The response to the complete file is the File. `Location` of an incomplete upload is ' +
        'the session URL, to which the client sends the rest without a key. POST and PUT do the same.',
      params: OrganizationParams,
      parameters: [
        PARAMETERS.uploadComplete,
        PARAMETERS.uploadLength,
        PARAMETERS.interopVersion,
        PARAMETERS.contentDisposition,
        PARAMETERS.contentDigest,
        PARAMETERS.reprDigest,
        PARAMETERS.wantReprDigest,
      ],
      streamedBody: BYTES_BODY,
      responses: {
        104: {
          description: 'Interim response: the session URL of the upload, and later its offset.',
          headers: responseHeaders('Location', 'Upload-Limit', 'Upload-Offset'),
        },
        201: FILE_RESPONSE,
        400: problemResponse('A length or digest does not match.'),
        401: errorResponse('The key is missing or not valid.'),
        403: errorResponse('The key does not allow the request.'),
        413: errorResponse('The file exceeds the maximum size or the quota.', 'Upload-Limit'),
        415: errorResponse('The type of the file is not accepted.'),
        422: errorResponse('The name is not allowed, or the content is refused.'),
        429: errorResponse('The limit of requests or of unfinished uploads is reached.'),
        503: errorResponse('The service or its storage is unavailable.'),
        507: errorResponse('The storage is full.'),
      },
      errors: null,
    },
    ({ context, publicUrl, interopVersions }) =>
      async (request, reply) => {
        const fields = readCreation(request)
        if ('problem' in fields) return sendAnswer(reply, problemAnswer(fields.problem))
        // An ordinary upload has no session that its client could use.
        const interim = createInterimResponses(
          request.raw,
          reply.raw,
          fields.isComplete === null ? [] : interopVersions,
        )
        const locationOf = ({ uploadId }: CreatedUploadSession) => sessionUri(publicUrl(), uploadId)
        const tellUpload = (created: CreatedUploadSession) =>
          interim.tellUpload(locationOf(created), limitsOf(created.session, context.now()))
        const { answer, ...created } =
          (await storeAtOnce(context, request, fields, interim)) ??
          (await receiveUpload(context, request, fields, interim, tellUpload))
        if (answer.kind === 'cut') return closeConnection(request, reply)
        reply.header('upload-limit', limitsOf(created.session, context.now()))
        if (answer.kind === 'refused') {
          await recordRefusal(context.audit, request, answer.error.code, answer.error)
          return sendContentRefusal(request, reply, answer.error, context.now())
        }
        return respond(reply, created, answer, { location: locationOf(created), publicUrl: publicUrl() })
      },
  )

export const IETF_CREATION: readonly Endpoint[] = [
  creating('POST', 'createResumableUpload'),
  creating('PUT', 'createResumableUploadByPut'),
]

/** Mounts the creation URL. */
export function ietfCreationRoutes(context: EndpointContext): FastifyPluginCallback {
  const { limits, audit } = context.context
  return (app, _options, done) => {
    speakIetf(app, context.context, (request, code, error) => recordRefusal(audit, request, code, error))
    allowUploadHeaders(app)
    mountEndpoints(app, IETF_CREATION, context)
    app.options(URLS.resumableUploads, async (_request, reply) =>
      reply.code(204).headers(describeIetf(limits)).send(),
    )
    refuseMethodsExcept(app, URLS.resumableUploads, ['POST', 'PUT'], null)
    done()
  }
}

/** Fields of a creation. */
interface CreationFields extends UploadFields {
  /** True when the body is the whole file. */
  readonly isWhole: boolean
  /** Length of the upload; null when the request does not tell it. */
  readonly totalBytes: number | null
}

/** Reads a creation. Without Upload-Complete it is an ordinary upload, whose body is the whole file. */
function readCreation({ raw }: FastifyRequest): CreationFields | { readonly problem: Problem } {
  const fields = readUploadFields(raw.headers)
  if ('problem' in fields) return fields
  const isWhole = fields.isComplete ?? true
  const told = toldLength({ ...fields, isComplete: isWhole }, 0)
  if ('problem' in told) return told
  if (fields.offset !== null && fields.offset !== 0) {
    return { problem: inconsistentLength('a new upload begins at Upload-Offset 0') }
  }
  return { ...fields, isWhole, totalBytes: told.totalBytes }
}

function sessionInput({ raw: { headers }, bodyType }: FastifyRequest, fields: CreationFields) {
  const wanted = parseWantedDigests(headers['want-repr-digest'] as string | undefined).map(
    (name) => ALGORITHMS[name],
  )
  return {
    ...declaredFile(headers, bodyType),
    sizeBytes: fields.totalBytes,
    reservedBytes: fields.bodyBytes ?? 0,
    protocol: 'ietf',
    registers: 'when-complete',
    metadata: null,
    announced: fields.hashes,
    checksums: CHECKSUM_ALGORITHMS.filter((algorithm) => wanted.includes(algorithm)),
    fileLifetimeMs: null,
  } as const
}

/** Stores a short file that arrives at once. Returns null for every other creation. */
async function storeAtOnce(
  context: Context,
  request: FastifyRequest,
  fields: CreationFields,
  interim: InterimResponses,
): Promise<CreatedWithBody | null> {
  const { isWhole, totalBytes, bodyBytes, contentDigests, hashes } = fields
  const hasDigest = contentDigests.length > 0 || !isSameHashes(hashes, NO_HASHES)
  if (!isWhole || hasDigest || interim.areWanted || !comesAtOnce(context, totalBytes, bodyBytes)) return null
  const session = { ...sessionInput(request, fields), sizeBytes: totalBytes }
  return createUploadWithBody(context, callerOf(request), { session, body: request.raw })
}

/** Creates the session of an upload, calls `onCreated`, and receives the body. */
async function receiveUpload(
  context: Context,
  request: FastifyRequest,
  fields: CreationFields,
  interim: InterimResponses,
  onCreated: (created: CreatedUploadSession) => void,
): Promise<CreatedWithBody> {
  const created = await createUploadSession(context, callerOf(request), sessionInput(request, fields))
  onCreated(created)
  return { ...created, answer: await receiveBody(context, request, created, fields, interim) }
}

/**
 * Stores the body of a creation. Ends the session when its bytes are refused, or lost before the client could learn the
 * session URL. Throws what `append` throws.
 */
async function receiveBody(
  context: Context,
  request: FastifyRequest,
  { session, uploadId }: CreatedUploadSession,
  fields: CreationFields,
  interim: InterimResponses,
): Promise<UploadAnswer> {
  const { isWhole, bodyBytes, totalBytes, contentDigests } = fields
  const isEmpty = bodyBytes === 0 && contentDigests.length === 0
  if (isEmpty && !isWhole) return { kind: 'resume', offset: 0, sizeBytes: totalBytes }
  const caller = callerOf(request)
  const checkAdmission = holdAdmission(context, caller, 'files:write')
  const end = () => cancelRefusedUpload(context, caller, session.fileId)
  try {
    const bytes = {
      offset: 0,
      isComplete: isWhole,
      totalBytes,
      body: request.raw,
      bodyBytes,
      contentDigests,
      hashes: fields.hashes,
      onDurable: interim.areWanted ? interim.tellOffset : null,
    }
    const { answer } = await append(context, uploadId, requestFacts(request), bytes, checkAdmission)
    const isKept = answer.kind === 'resume' || answer.kind === 'object'
    if (!isKept && !interim.areWanted) await end()
    return answer
  } catch (error) {
    if (!interim.areWanted) await end()
    throw error
  }
}

type Ended = Exclude<UploadAnswer, { kind: 'cut' | 'refused' }>

function respond(
  reply: FastifyReply,
  { session }: CreatedUploadSession,
  answer: Ended,
  urls: { readonly location: string; readonly publicUrl: string },
): FastifyReply {
  if (answer.kind === 'resume' || answer.kind === 'object') reply.header('x-waybill-file-id', session.fileId)
  return sendAnswer(reply, creationAnswer(answer, urls))
}

function creationAnswer(
  answer: Ended,
  { location, publicUrl }: { readonly location: string; readonly publicUrl: string },
): Answer {
  switch (answer.kind) {
    case 'resume': {
      const { status, headers, body } = incompleteAnswer(201, answer.offset)
      return { status, headers: { ...headers, location }, body }
    }
    case 'object':
      return finalAnswer(answer.object, answer.file, publicUrl)
    default:
      return refusalOf(answer)
  }
}
