import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import type { Limits } from '../../operations/context.ts'
import { isFault } from '../http/error-status.ts'
import { toServiceError } from '../http/fastify-errors.ts'
import { streamBodies } from '../http/streamed-bodies.ts'
import { limitHeader, TUS_VERSION } from './protocol-headers.ts'
import { errorAnswer, sendAnswer } from './tus-answer.ts'

/** Records an error before its response is sent. */
type RecordError = (request: FastifyRequest, code: ErrorCode, error: unknown) => Promise<void>

/**
 * Prepares `app` for routes of tus: every response has the version, requests of another version are refused without
 * processing, bodies are streams, errors are plain text, and a refused size tells the limit. Must be called before the
 * routes are added.
 */
export function speakTus(
  app: FastifyInstance,
  { maxFileBytes }: Limits,
  methods: readonly string[],
  recordError: RecordError = async () => {},
): void {
  const allow = [...methods, 'OPTIONS'].join(', ')
  streamBodies(app)
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 413 && !reply.hasHeader('upload-limit')) reply.headers(limitHeader(maxFileBytes))
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('tus-resumable', TUS_VERSION)
    // Its meaning is in the response alone (tus 1.0, "OPTIONS").
    if (request.method === 'OPTIONS') return
    if (request.headers['tus-resumable'] !== TUS_VERSION) {
      reply.header('tus-version', TUS_VERSION)
      throw new ServiceError('PRECONDITION_FAILED', `send Tus-Resumable: ${TUS_VERSION}`)
    }
    if (!hasValidMethod(request)) {
      reply.header('allow', allow)
      throw new ServiceError('METHOD_NOT_ALLOWED', 'X-HTTP-Method-Override must be a method of this URL')
    }
  })
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toServiceError(thrown)
    const answer = errorAnswer(error)
    if (isFault(answer.status)) request.log.error({ err: error }, 'an upload request failed')
    if (answer.code !== null) await recordError(request, answer.code, error)
    return sendAnswer(reply, answer)
  })
}

/** Returns false for an `X-HTTP-Method-Override` that is no method: the actual one has no meaning. */
function hasValidMethod({ method, headers }: FastifyRequest): boolean {
  const override = headers['x-http-method-override']
  return override === undefined || override === method
}
