import cors from '@fastify/cors'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { AppOptions } from './app.ts'
import { createProxyTrust } from './domain/access/trusted-proxies.ts'
import { limitAddresses } from './protocols/http/address-limit.ts'
import { checkForwardedAddresses } from './protocols/http/client-address.ts'
import { watchConnections } from './protocols/http/connections.ts'
import { DEFAULT_HEADERS } from './protocols/http/default-headers.ts'
import { continueWhenRead } from './protocols/http/expect-continue.ts'
import { addRateLimits } from './protocols/http/rate-limits.ts'
import { addBodyReader } from './protocols/http/read-body.ts'
import { addRequestHooks } from './protocols/http/request-hooks.ts'
import { requestId } from './protocols/http/request-id.ts'
import { streamBodies } from './protocols/http/streamed-bodies.ts'
import { s3Route, sendS3Error } from './protocols/s3/s3-route.ts'
import { MAX_XML_BYTES } from './protocols/s3/xml/parse-xml.ts'

/** Options of the app for clients of S3. */
export interface S3AppOptions extends Omit<AppOptions, 'publicUrl' | 'interopVersions' | 'diversion'> {
  /** Host name of S3, whose subdomains are buckets; null when only paths name buckets. */
  readonly hostName: string | null
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']
const EXPOSED = [
  ...['accept-ranges', 'content-range', 'etag', 'last-modified', 'x-amz-request-id', 'x-amz-id-2'],
  ...['content-disposition', 'content-encoding', 'expires'],
]
const XML_LIMITS = {
  ...{ maxBytes: MAX_XML_BYTES, maxMs: 15_000, budgetBytes: 32 * 1024 * 1024 },
  large: { maxMs: 15_000, budgetBytes: 32 * 1024 * 1024 },
}
/** Time limit for the headers of a request, the first request of a connection included. */
const HEADERS_TIMEOUT_MS = 20_000
const HEADERS_CHECK_MS = 2000
/** Grace period in which clients of a closing server can finish requests that they have begun to send. */
const CLIENT_GRACE_MS = 500
/** Path of every request in logs and metrics, whatever its bucket and key. */
const PATH = '/s3'

/**
 * Creates the HTTP server for clients of S3. Its paths are buckets and keys, which no router may decode or normalize,
 * because signatures cover them as they were sent: the router sees the same path for every request.
 */
export function createS3App(options: S3AppOptions): FastifyInstance {
  const { context, logger, trustedProxies, idleMs, corsOrigins } = options
  const isProxy = trustedProxies === null ? () => false : createProxyTrust(trustedProxies)
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'trace_id' }),
    rewriteUrl: () => PATH,
    exposeHeadRoutes: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    trustProxy: trustedProxies !== null && isProxy,
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_CHECK_MS },
    return503OnClosing: false,
  })
  const connections = watchConnections(app.server)
  continueWhenRead(app.server)
  app.addHook('preClose', async () => {
    setTimeout(connections.cutWaiting, CLIENT_GRACE_MS).unref()
  })
  app.decorateRequest('caller', null)
  addBodyReader(app, XML_LIMITS, connections)
  app.removeAllContentTypeParsers()
  streamBodies(app)
  app.setErrorHandler((error, request, reply) => sendS3Error(context, request, reply, error))
  if (trustedProxies !== null) checkForwardedAddresses(app)
  for (const observe of options.observers) observe(app)
  addRequestHooks(app, connections, idleMs)
  app.addHook('onRequest', addRequestIds)
  if (options.maxConnectionsPerAddress !== null) {
    limitAddresses(app, options.maxConnectionsPerAddress, isProxy)
  }
  addRateLimits(app, 's3', options)
  if (corsOrigins.length > 0) {
    app.register(cors, {
      origin: [...corsOrigins],
      methods: METHODS,
      exposedHeaders: EXPOSED,
      hideOptionsRoute: true,
    })
  }
  app.register(s3Route({ context, isProxy, path: PATH, hostName: options.hostName }))
  return app
}

async function addRequestIds(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ ...DEFAULT_HEADERS, 'x-amz-request-id': request.id, 'x-amz-id-2': request.id })
}
