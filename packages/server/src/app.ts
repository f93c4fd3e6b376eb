import { isUtf8 } from 'node:buffer'
import cors from '@fastify/cors'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { createProxyTrust, type TrustedProxies } from './domain/access/trusted-proxies.ts'
import { ServiceError } from './domain/errors.ts'
import type { Context } from './operations/context.ts'
import {
  CALLER_ENDPOINTS,
  GET_DOCUMENT,
  JSON_ENDPOINTS,
  KEY_ENDPOINTS,
  SESSION_OPTIONS,
} from './protocols/endpoints.ts'
import { uploadSessionRoutes } from './protocols/google-resumable/upload-sessions.ts'
import { limitAddresses } from './protocols/http/address-limit.ts'
import { checkForwardedAddresses } from './protocols/http/client-address.ts'
import { watchConnections } from './protocols/http/connections.ts'
import { DEFAULT_HEADERS } from './protocols/http/default-headers.ts'
import { type Diversion, divertRequests } from './protocols/http/divert-requests.ts'
import { mountEndpoints } from './protocols/http/endpoint.ts'
import { createErrorOrigins } from './protocols/http/error-origins.ts'
import { isFault, needsSetting } from './protocols/http/error-status.ts'
import { continueWhenRead } from './protocols/http/expect-continue.ts'
import { toServiceError } from './protocols/http/fastify-errors.ts'
import { addFullDiskHook } from './protocols/http/full-disk-hook.ts'
import { limitDepth } from './protocols/http/json-depth.ts'
import { renderError } from './protocols/http/json-error-body.ts'
import { createMalformedRequestHandler } from './protocols/http/malformed-request.ts'
import { overrideMethods } from './protocols/http/method-override.ts'
import { type OtherMethods, type RouterOptions, recordMethods } from './protocols/http/other-methods.ts'
import { addRateLimits, RATE_LIMIT_HEADERS, type RateLimitOptions } from './protocols/http/rate-limits.ts'
import { addBodyReader } from './protocols/http/read-body.ts'
import { recordRefusal } from './protocols/http/record-refusal.ts'
import { addRequestHooks, endBody, refuseUnknownRequests } from './protocols/http/request-hooks.ts'
import { requestId } from './protocols/http/request-id.ts'
import { createSerializerCompiler } from './protocols/http/serialization.ts'
import { sessionOptionsRoute } from './protocols/http/session-options.ts'
import { routeByUploadProtocol } from './protocols/http/upload-protocol.ts'
import { createValidatorCompiler } from './protocols/http/validation.ts'
import { ietfCreationRoutes } from './protocols/ietf-resumable/creation.ts'
import { ietfUploadRoutes } from './protocols/ietf-resumable/uploads.ts'
import { EXPOSED_HEADERS, setAnswerHeaders } from './protocols/openai/answer-headers.ts'
import { renderOpenaiError } from './protocols/openai/error-body.ts'
import { isOpenaiRequest } from './protocols/openai/openai-path.ts'
import { openaiRoutes } from './protocols/openai/openai-routes.ts'
import { refuseAssistants } from './protocols/openai/refuse-assistants.ts'
import { consoleRoute } from './protocols/pages/console-route.ts'
import { referenceRoute } from './protocols/pages/reference-route.ts'
import { rootRoute } from './protocols/pages/root-route.ts'
import { tusCreationRoutes } from './protocols/tus/tus-creation.ts'
import { tusSessionRoutes } from './protocols/tus/tus-sessions.ts'
import { admitCaller, admitKey } from './protocols/waybill/admit-key.ts'
import { directUploadRoutes } from './protocols/waybill/direct-uploads.ts'

export interface AppOptions extends RateLimitOptions {
  readonly context: Context
  readonly logger: FastifyBaseLogger
  readonly publicUrl: () => string
  /** Proxies whose `X-Forwarded-For` is trusted; null when there are none. */
  readonly trustedProxies: TrustedProxies | null
  /** Idle timeout of a connection within a body or a response. */
  readonly idleMs: number
  readonly corsOrigins: readonly string[]
  /** Versions of the IETF draft of resumable uploads whose clients get interim responses. */
  readonly interopVersions: readonly number[]
  /** Upper bound of connections per client address; null when there is no limit. */
  readonly maxConnectionsPerAddress: number | null
  /** Requests that another app answers; null for none. */
  readonly diversion: Diversion | null
  /** Functions that add hooks for metrics and traces; these hooks run before all others. */
  readonly observers: readonly ((app: FastifyInstance) => void)[]
}

const ROUTER_OPTIONS: RouterOptions = {
  // Longer than any URL that Node accepts: a long id is then unknown, and not an error of the router.
  maxParamLength: 32 * 1024,
  ignoreTrailingSlash: false,
}
const CONTENT_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-length',
  'content-security-policy',
  'content-type',
  'etag',
  'last-modified',
]
/** Headers that pages of `CORS_ORIGINS` may read. */
const EXPOSED_TO_PAGES = [...new Set(['x-request-id', ...RATE_LIMIT_HEADERS, ...EXPOSED_HEADERS])]
/** Methods that pages of other origins may send. No endpoint has PUT, but a page can then read the 405. */
const API_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** Time limit for the headers of a request, the first request of a connection included. */
const HEADERS_TIMEOUT_MS = 20_000
const HEADERS_CHECK_MS = 2000
/** Limits of JSON bodies. Files have an idle timeout instead. */
const JSON_LIMITS = {
  ...{ maxBytes: 1024 * 1024, maxMs: 15_000, budgetBytes: 8 * 1024 * 1024 },
  // Only requests with a valid key have such bodies, for example files for a model as base64.
  large: { maxMs: 120_000, budgetBytes: 160 * 1024 * 1024 },
}
/** Grace period in which clients of a closing server can finish requests that they have begun to send. */
const CLIENT_GRACE_MS = 500

/**
 * Compilers that replace Fastify's, which are loaded and compile every schema before the first request. The types of
 * Fastify do not allow others.
 */
const COMPILERS = {
  buildValidator: createValidatorCompiler as never,
  buildSerializer: createSerializerCompiler as never,
}

/** Creates the HTTP server: mounts the routes of all protocols, the shared hooks and the error handler. */
export function createApp(options: AppOptions): FastifyInstance {
  const { context, logger, trustedProxies, idleMs, corsOrigins, maxConnectionsPerAddress } = options
  const allowOrigin = createErrorOrigins(corsOrigins, EXPOSED_TO_PAGES)
  const isProxy = trustedProxies === null ? () => false : createProxyTrust(trustedProxies)
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'trace_id' }),
    routerOptions: ROUTER_OPTIONS,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    trustProxy: trustedProxies !== null && isProxy,
    requestTimeout: 0,
    ...(options.diversion && { serverFactory: divertRequests(options.diversion) }),
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_CHECK_MS },
    return503OnClosing: false,
    schemaController: { compilersFactory: COMPILERS },
    clientErrorHandler: createMalformedRequestHandler(
      (error, traceId, status) => renderError(error, traceId, context.now(), status).body,
    ),
    frameworkErrors: async (error, request, reply: FastifyReply) => {
      const { status, headers, body } = renderFor(request, toServiceError(error), context.now())
      // Hooks do not run for this response.
      await endBody(request, reply, connections)
      allowOrigin(request, reply)
      reply.code(status).headers({ ...DEFAULT_HEADERS, ...headers, 'x-request-id': request.id })
      if (isOpenaiRequest(request)) setAnswerHeaders(request, reply)
      reply.send(body)
    },
  })
  const connections = watchConnections(app.server)
  continueWhenRead(app.server)
  overrideMethods(app.server)
  routeByUploadProtocol(app)
  app.addHook('preClose', async () => {
    setTimeout(connections.cutWaiting, CLIENT_GRACE_MS).unref()
  })

  app.decorateRequest('caller', null)
  app.decorateRequest('identity', null)
  app.decorateRequest('identifiedAtMs', null)
  addBodyReader(app, JSON_LIMITS, connections)
  parseJsonOnly(app)
  handleErrors(app, context, allowOrigin)
  if (trustedProxies !== null) checkForwardedAddresses(app)
  for (const observe of options.observers) observe(app)
  addRequestHooks(app, connections, idleMs)
  if (maxConnectionsPerAddress !== null) limitAddresses(app, maxConnectionsPerAddress, isProxy)
  addRateLimits(app, 'main', options)
  const otherMethods = recordMethods(app, ROUTER_OPTIONS)
  app.register(uploadSessionRoutes(options))
  app.register(tusSessionRoutes(options))
  app.register(ietfUploadRoutes(options))
  app.register(sessionOptionsRoute(SESSION_OPTIONS, options))
  app.register(rootRoute(options.publicUrl))
  app.register(consoleRoute(context.tokenVerifier?.pageOrigins))
  app.register(referenceRoute())
  app.register(jsonRoutes(options, otherMethods))
  return app
}

/** Mounts the APIs and the refusals of unknown URLs and methods, which pages of `CORS_ORIGINS` may read too. */
function jsonRoutes(options: AppOptions, otherMethods: OtherMethods): FastifyPluginCallback {
  const { context, corsOrigins } = options
  return (app, _options, done) => {
    mountEndpoints(app, [GET_DOCUMENT], options)
    app.register(async (api) => {
      if (corsOrigins.length > 0) {
        const options = { origin: [...corsOrigins], methods: API_METHODS, exposedHeaders: EXPOSED_TO_PAGES }
        await api.register(cors, options)
      }
      refuseAssistants(api)
      refuseUnknownRequests(api, otherMethods)
      addFullDiskHook(api, context)
      mountEndpoints(api, JSON_ENDPOINTS, options)
      mountEndpoints(api, KEY_ENDPOINTS, options, admitKey)
      mountEndpoints(api, CALLER_ENDPOINTS, options, admitCaller)
      api.register(directUploadRoutes(options))
      api.register(tusCreationRoutes(options))
      api.register(ietfCreationRoutes(options))
      api.register(openaiRoutes(options))
      api.register(otherMethods.refuseMistaken)
    })
    done()
  }
}

/**
 * Accepts only JSON bodies. An operation whose body is absent or optional accepts an empty one with the JSON content
 * type, which some clients always send.
 */
function parseJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const parse = (request: FastifyRequest, bytes: Buffer): unknown => {
    const { schema, config } = request.routeOptions
    const needsBody = schema?.body !== undefined && !config.isBodyOptional
    if (bytes.length === 0 && !needsBody) return undefined
    if (!isUtf8(bytes)) throw new ServiceError('INVALID_JSON', 'the body is not UTF-8')
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    parseJson(request, bytes.toString(), (error, value) => (error ? reject(error) : resolve(value)))
    return promise.then(limitDepth)
  }
  app.addContentTypeParser('application/json', (request: FastifyRequest) =>
    app.bodies.read(request, (bytes) => parse(request, bytes), request.routeOptions.config.maxBodyBytes),
  )
}

function handleErrors(
  app: FastifyInstance,
  { audit, now }: Context,
  allowOrigin: ReturnType<typeof createErrorOrigins>,
): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, headers, code, body } = renderFor(request, toServiceError(error), now())
    request.errorCode = code
    if (isFault(status, code)) request.log.error({ err: error }, 'a request failed')
    else if (needsSetting(code)) request.log.warn({ code }, 'a request needs a setting')
    await recordRefusal(audit, request, code, error)
    const all = { ...DEFAULT_HEADERS, ...headers }
    allowOrigin(request, reply)
    withoutContentHeaders(reply, status).code(status).headers(all)
    // Unknown URLs have no hook of the protocol.
    if (isOpenaiRequest(request)) setAnswerHeaders(request, reply)
    return reply.send(body)
  })
}

/** Returns the response to an error in the form of the protocol that the path belongs to. */
function renderFor(request: FastifyRequest, error: unknown, nowMs: number) {
  return isOpenaiRequest(request) ? renderOpenaiError(error, request) : renderError(error, request.id, nowMs)
}

/** Removes headers of the failed response, which may have been prepared for a file. */
function withoutContentHeaders(reply: FastifyReply, status: number): FastifyReply {
  const rangeHeaders = status === 416 ? [] : ['content-range']
  for (const name of [...CONTENT_HEADERS, ...rangeHeaders]) reply.removeHeader(name)
  return reply
}
