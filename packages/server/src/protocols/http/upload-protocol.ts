import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadProtocol } from '../../domain/uploads/upload-session.ts'

/** Route constraint of the router; `constraints: { uploadProtocol: 'tus' }` makes a route one of tus. */
const CONSTRAINT = 'uploadProtocol'

type RequestHead = { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders }

/**
 * Returns the protocol of a request on a session URL. The first sign decides: a header that only one protocol has, then
 * the method, then the content type. OPTIONS belongs to none, and has one response for all.
 */
export function uploadProtocolOf({ method, headers }: RequestHead): UploadProtocol {
  if (headers['tus-resumable'] !== undefined) return 'tus'
  const mediaType = mediaTypeOf(headers)
  if (isIetf(headers) || mediaType === 'application/partial-upload') return 'ietf'
  switch (method) {
    case 'PATCH':
      // tus refuses it, because the version is missing.
      return mediaType === 'application/offset+octet-stream' ? 'tus' : 'ietf'
    case 'GET':
    case 'HEAD':
      // The status query of the IETF protocol needs no header of its own.
      return 'ietf'
    default:
      return 'google'
  }
}

function isIetf(headers: IncomingHttpHeaders): boolean {
  return headers['upload-draft-interop-version'] !== undefined || headers['upload-complete'] !== undefined
}

function mediaTypeOf(headers: IncomingHttpHeaders): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Lets several protocols have routes on the session URL: a route with the constraint `uploadProtocol` gets only the
 * requests of its protocol. Must be called before such a route is added.
 */
export function routeByUploadProtocol(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: CONSTRAINT,
    storage: () => {
      const handlers = new Map<unknown, unknown>()
      return {
        get: (protocol: unknown) => handlers.get(protocol) ?? null,
        set: (protocol: unknown, handler: unknown) => handlers.set(protocol, handler),
      } as never
    },
    deriveConstraint: uploadProtocolOf,
  })
}

/**
 * Answers the methods that a protocol does not have on a URL with 405 and `Allow`. The error handler of `app` renders
 * the error. OPTIONS is left out: every upload URL answers it. With a null protocol, requests of every protocol that has
 * no route for them are refused.
 */
export function refuseMethodsExcept(
  app: FastifyInstance,
  url: string,
  methods: readonly string[],
  protocol: UploadProtocol | null,
): void {
  const supported = [...new Set([...methods, 'OPTIONS'])]
  const allow = supported.join(', ')
  app.route({
    method: (app.supportedMethods as HTTPMethods[]).filter((method) => !supported.includes(method)),
    url,
    ...(protocol === null ? {} : { constraints: { [CONSTRAINT]: protocol } }),
    // In a hook, because Fastify refuses a QUERY without a Content-Type before it calls the handler.
    onRequest: async (_request, reply) => {
      reply.header('allow', allow)
      throw new ServiceError('METHOD_NOT_ALLOWED', `this URL supports ${allow}`)
    },
    handler: () => {},
  })
}
