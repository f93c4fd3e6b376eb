import { isUtf8 } from 'node:buffer'
import cors from '@fastify/cors'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify'
import { ServiceError } from './domain/errors.ts'
import type { Context } from './operations/context.ts'
import { downloadRoutes } from './routes/downloads.ts'
import { fileRoutes } from './routes/files.ts'
import { healthRoutes } from './routes/health.ts'
import { errorAnswer } from './routes/http/error-answer.ts'
import { toServiceError } from './routes/http/fastify-errors.ts'
import { answerMalformedRequest } from './routes/http/malformed-request.ts'
import { refuseOtherMethods } from './routes/http/other-methods.ts'
import { addRequestHooks } from './routes/http/request-hooks.ts'
import { requestId } from './routes/http/request-id.ts'
import { createValidatorCompiler } from './routes/http/validation.ts'
import { uploadSessionRoutes } from './routes/upload-sessions.ts'
import { uploadRoutes } from './routes/uploads.ts'

export interface AppOptions {
  readonly context: Context
  readonly logger: FastifyBaseLogger
  readonly publicUrl: () => string
  /** How long a connection may stay silent in the middle of a body or an answer. */
  readonly idleMs: number
  readonly corsOrigins: readonly string[]
}

const MAX_JSON_BYTES = 1024 * 1024
/** Longer than any URL that Node takes, so that a long id is an unknown one and not an error. */
const MAX_PARAM_LENGTH = 32 * 1024
const API_METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']
/** A request's headers must be there within this time; for a body there is a limit on silence instead. */
const HEADERS_TIMEOUT_MS = 60_000

/** The HTTP face: mounts the routes, and answers every error in one form. */
export function createApp(options: AppOptions): FastifyInstance {
  const { context, logger, publicUrl, idleMs, corsOrigins } = options
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'trace_id' }),
    bodyLimit: MAX_JSON_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: false },
    genReqId: (request) => requestId(request.headers['x-request-id']),
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    return503OnClosing: false,
    clientErrorHandler: answerMalformedRequest,
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { status, body } = errorAnswer(toServiceError(error), request.id, context.now())
      reply.code(status).header('x-request-id', request.id).send(body)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setValidatorCompiler(createValidatorCompiler())
  app.decorateRequest('apiKey', null)
  parseJsonOnly(app)
  answerErrors(app, context)
  addRequestHooks(app, idleMs)
  const otherMethods = refuseOtherMethods(app, corsOrigins.length > 0)
  app.register(uploadSessionRoutes(context, publicUrl))
  app.register(async (api) => {
    if (corsOrigins.length > 0) api.register(cors, { origin: [...corsOrigins], methods: API_METHODS })
    api.register(healthRoutes(context))
    api.register(fileRoutes(context, publicUrl))
    api.register(uploadRoutes(context))
    api.register(downloadRoutes(context))
  })
  app.register(otherMethods)
  return app
}

/** JSON and nothing else; a DELETE needs no body, whatever type its client always sends. */
function parseJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, parsed) => {
    const bytes = body as Buffer
    if (request.method === 'DELETE' && bytes.length === 0) return parsed(null, undefined)
    if (!isUtf8(bytes)) return parsed(new ServiceError('INVALID_JSON', 'the body is not UTF-8'))
    return parseJson(request, bytes.toString(), parsed)
  })
}

function answerErrors(app: FastifyInstance, { now }: Context): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = errorAnswer(toServiceError(error), request.id, now())
    if (status >= 500) request.log.error({ err: error }, 'a request failed')
    return reply.code(status).send(body)
  })
  app.setNotFoundHandler(async (request, reply) => {
    const { status, body } = errorAnswer(
      new ServiceError('NOT_FOUND', 'there is no such URL'),
      request.id,
      now(),
    )
    return reply.code(status).send(body)
  })
}
