import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Options of the CORS plugin for this route, instead of those of its registration. */
    cors?: typeof CREATION_CORS
  }
}

/** Methods that pages may send to upload URLs. */
export const UPLOAD_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Request headers of all upload protocols. */
export const UPLOAD_REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Content-Range',
  'Content-Digest',
  'Content-Disposition',
  'Repr-Digest',
  'Want-Repr-Digest',
  'Tus-Resumable',
  'Upload-Length',
  'Upload-Defer-Length',
  'Upload-Offset',
  'Upload-Metadata',
  'Upload-Checksum',
  'Upload-Concat',
  'Upload-Complete',
  'Upload-Draft-Interop-Version',
  'X-API-Key',
  'X-Goog-Hash',
  'X-GUploader-No-308',
  'X-HTTP-Method-Override',
  'X-Request-ID',
  'X-Requested-With',
]

/** Response headers of all upload protocols. Browsers do not accept `*` for requests with credentials. */
export const UPLOAD_RESPONSE_HEADERS = [
  'Location',
  'Range',
  'ETag',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Defer-Length',
  'Upload-Complete',
  'Upload-Limit',
  'Upload-Metadata',
  'Upload-Expires',
  'Upload-Concat',
  'Upload-Draft-Interop-Version',
  'Repr-Digest',
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Checksum-Algorithm',
  'X-GUploader-UploadID',
  'X-HTTP-Status-Code-Override',
  'X-Waybill-File-Id',
  'X-Request-ID',
  'Retry-After',
]

/** Lifetime of the response to a preflight request in the browser's cache. */
export const PREFLIGHT_SECONDS = 7200

const EXPOSED = UPLOAD_RESPONSE_HEADERS.join(', ')

/**
 * Lets pages of every origin read the responses of the routes of `app`, errors included. A session URL is the credential,
 * so that it does not depend on `CORS_ORIGINS`.
 */
export function allowEveryOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers({
      'access-control-allow-origin': headers.origin ?? '*',
      'access-control-expose-headers': EXPOSED,
      vary: 'Origin',
    })
  })
}

/** Returns the headers of the response to a preflight request to a session URL. */
export function preflightHeaders({ headers }: FastifyRequest): Record<string, string | number> {
  return {
    'access-control-allow-methods': UPLOAD_METHODS.join(', '),
    'access-control-allow-headers':
      headers['access-control-request-headers'] ?? UPLOAD_REQUEST_HEADERS.join(', '),
    'access-control-max-age': PREFLIGHT_SECONDS,
  }
}

/** Options of the CORS plugin for creation URLs, which pages of `CORS_ORIGINS` may use. */
const CREATION_CORS = {
  methods: UPLOAD_METHODS,
  exposedHeaders: UPLOAD_RESPONSE_HEADERS,
  maxAge: PREFLIGHT_SECONDS,
  // OPTIONS has a meaning in the upload protocols too, so that the route answers it.
  preflightContinue: true,
  strictPreflight: false,
}

/**
 * Lets pages of `CORS_ORIGINS` send the headers of upload protocols to the routes of `app`, and read those of the
 * responses. Must be called before the routes are added. Without `CORS_ORIGINS` it has no effect.
 */
export function allowUploadHeaders(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, cors: CREATION_CORS }
  })
}
