import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { isFault } from '../http/error-status.ts'
import { toServiceError } from '../http/fastify-errors.ts'
import { renderError } from '../http/json-error-body.ts'
import { streamBodies } from '../http/streamed-bodies.ts'
import type { Answer } from './answers.ts'
import { uploadLimitField } from './fields.ts'

const CONTENT_REFUSED = 422

/** Records an error before its response is sent. */
type RecordError = (request: FastifyRequest, code: ErrorCode, error: unknown) => Promise<void>

/**
 * Prepares `app` for routes of the protocol: bodies are streams, and errors have the body of the JSON API. They are those
 * of the target of the upload, which no resumption solves, except for faults of the service. Must be called before the
 * routes are added.
 */
export function speakIetf(
  app: FastifyInstance,
  { limits, now }: Pick<Context, 'limits' | 'now'>,
  recordError: RecordError = async () => {},
): void {
  streamBodies(app)
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toServiceError(thrown)
    // A quota is a limit of the size in this protocol.
    const ownStatus = error instanceof ServiceError && error.code === 'STORAGE_QUOTA_EXCEEDED' ? 413 : null
    const { status, headers, code, body } = renderError(error, request.id, now(), ownStatus)
    request.errorCode = code
    if (isFault(status)) request.log.error({ err: error }, 'an upload request failed')
    await recordError(request, code, error)
    if (status === 413 && !reply.hasHeader('upload-limit')) {
      reply.header('upload-limit', uploadLimitField(limits.maxFileBytes, null))
    }
    if (!reply.hasHeader('upload-complete')) {
      reply.header('upload-complete', status >= 500 || status === 405 ? '?0' : '?1')
    }
    return reply.code(status).headers(headers).send(body)
  })
}

/** Sends a response of the protocol. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers)
  if (body === null) return reply.send()
  const contentType = headers['content-type'] ?? 'application/json; charset=utf-8'
  // As bytes, because Fastify adds a charset to the type of a text, which application/problem+json does not have.
  return reply.header('content-type', contentType).send(Buffer.from(JSON.stringify(body)))
}

/**
 * Sends the refusal of complete content. It has one status for all reasons, also for those whose usual status would make
 * a client repeat the upload, such as that of a key that is paused.
 */
export function sendContentRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  error: ServiceError,
  nowMs: number,
): FastifyReply {
  const { status, code, body } = renderError(error, request.id, nowMs, CONTENT_REFUSED)
  request.errorCode = code
  return sendAnswer(reply, { status, headers: { 'upload-complete': '?1' }, body })
}
