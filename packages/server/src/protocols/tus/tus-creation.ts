import type { FastifyPluginCallback } from 'fastify'
import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { type CheckAdmission, holdAdmission } from '../../operations/access/hold-admission.ts'
import type { Context } from '../../operations/context.ts'
import { cancelRefusedUpload } from '../../operations/uploads/cancel-refused-upload.ts'
import { concatenateUploads } from '../../operations/uploads/concatenate-uploads.ts'
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
import { BYTES_BODY, PARAMETERS, responseHeaders, textResponse } from './documentation.ts'
import { describeTus } from './protocol-headers.ts'
import { type Creation, readCreation } from './read-creation.ts'
import { readFinal } from './read-final.ts'
import { type BytesRequest, receiveBytes } from './receive-bytes.ts'
import { createdAnswer } from './session-answer.ts'
import { speakTus } from './speak-tus.ts'
import { emptyAnswer, sendAnswer } from './tus-answer.ts'

const create = endpoint(
  {
    operation: { ...createUploadSession, action: 'createTusUpload' },
    method: 'POST',
    path: URLS.tusUploads,
    tag: 'Uploads',
    summary: 'Create an upload with tus',
    description:
      'For clients of [tus 1.0](https://tus.io/protocols/resumable-upload), such as Uppy and tus-js-client. `Location` is the ' +
      'session URL, to which the client sends the bytes without a key. The File is registered when the last byte has ' +
      'arrived; its `id` is in `X-Waybill-File-Id`. The body may have the first bytes. The extensions are creation, ' +
      'creation-with-upload, creation-defer-length, expiration, checksum, checksum-trailer, termination and concatenation.',
    params: OrganizationParams,
    parameters: [
      PARAMETERS.tusResumable,
      PARAMETERS.uploadLength,
      PARAMETERS.deferLength,
      PARAMETERS.uploadMetadata,
      PARAMETERS.uploadConcat,
      PARAMETERS.uploadChecksum,
    ],
    streamedBody: BYTES_BODY,
    responses: {
      201: {
        description: 'The upload is created, and the bytes in the body are stored.',
        headers: responseHeaders('Location', 'Upload-Offset', 'Upload-Expires', 'X-Waybill-File-Id'),
      },
      400: textResponse('A header is missing or malformed, or the name of the file is not allowed.'),
      401: textResponse('The key is missing or not valid.'),
      403: textResponse('The key does not allow the request.'),
      404: textResponse('A partial upload does not exist.'),
      410: textResponse(
        'A partial upload has expired, was cancelled, or is a part of another upload already.',
      ),
      412: textResponse('The version of tus is not supported.', 'Tus-Version'),
      413: textResponse('The length exceeds the maximum size or the quota.', 'Upload-Limit'),
      415: textResponse('The type of the file, or the content type of the body, is not accepted.'),
      422: textResponse('The body has all bytes, and the content is refused.'),
      429: textResponse('The limit of requests or of unfinished uploads is reached.'),
      460: textResponse('The body does not match `Upload-Checksum`. No upload is created.'),
      503: textResponse('The service or its storage is unavailable.'),
      507: textResponse('The storage is full.'),
    },
    errors: null,
  },
  ({ context, publicUrl }) =>
    async (request, reply) => {
      const caller = callerOf(request)
      const final = readFinal(request)
      if (final !== null) {
        const { session, uploadId, answer } = await concatenateUploads(context, caller, final)
        return sendAnswer(reply, createdAnswer(answer, session, sessionUri(publicUrl(), uploadId)))
      }
      const { session, uploadId, answer } = await createUpload(
        context,
        caller,
        requestFacts(request),
        readCreation(request),
      )
      if (answer.kind === 'cut') return closeConnection(request, reply)
      return sendAnswer(reply, createdAnswer(answer, session, sessionUri(publicUrl(), uploadId)))
    },
)

async function createUpload(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
  { file, metadata, isPartial, length, bytes }: Creation,
): Promise<CreatedWithBody> {
  const session = {
    ...file,
    reservedBytes: bytes?.bodyBytes ?? 0,
    protocol: 'tus',
    registers: isPartial ? 'never' : 'when-complete',
    metadata,
    announced: NO_HASHES,
    checksums: [],
    fileLifetimeMs: null,
  } as const
  const isWhole = bytes !== null && bytes.bodyDigest === null && !isPartial
  if (isWhole && comesAtOnce(context, length, bytes.bodyBytes)) {
    const { body } = bytes
    return createUploadWithBody(context, caller, { session: { ...session, sizeBytes: length }, body })
  }
  const checkAdmission = holdAdmission(context, caller, 'files:write')
  const created = await createUploadSession(context, caller, { ...session, sizeBytes: length })
  if (bytes === null) return { ...created, answer: { kind: 'resume', offset: 0, sizeBytes: length } }
  return {
    ...created,
    answer: await receiveFirstBytes(context, caller, facts, created, { bytes, checkAdmission }),
  }
}

/**
 * Stores the first bytes of a new session. Ends the session when they are refused, because the client does not learn its
 * URL; an interrupted body keeps it. Throws what `receiveBytes` throws.
 */
async function receiveFirstBytes(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
  { session, uploadId }: CreatedUploadSession,
  { bytes, checkAdmission }: { readonly bytes: BytesRequest; readonly checkAdmission: CheckAdmission },
): Promise<UploadAnswer> {
  const end = () => cancelRefusedUpload(context, caller, session.fileId)
  try {
    const { answer } = await receiveBytes(context, uploadId, facts, bytes, checkAdmission)
    if (!KEPT.has(answer.kind)) await end()
    return answer
  } catch (error) {
    await end()
    throw error
  }
}

/** Outcomes after which the session exists. */
const KEPT: ReadonlySet<string> = new Set(['resume', 'object', 'cut'])

export const TUS_CREATION: readonly Endpoint[] = [create]
const METHODS = ['POST']

/** Mounts the creation URL of tus. */
export function tusCreationRoutes(context: EndpointContext): FastifyPluginCallback {
  const { limits, audit } = context.context
  const described = emptyAnswer(204, describeTus(limits))
  return (app, _options, done) => {
    speakTus(app, limits, METHODS, (request, code, error) => recordRefusal(audit, request, code, error))
    allowUploadHeaders(app)
    mountEndpoints(app, TUS_CREATION, context)
    app.options(URLS.tusUploads, async (_request, reply) => sendAnswer(reply, described))
    refuseMethodsExcept(app, URLS.tusUploads, METHODS, null)
    done()
  }
}
