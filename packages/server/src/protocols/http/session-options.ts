import type { FastifyPluginCallback } from 'fastify'
import type { Limits } from '../../operations/context.ts'
import { URLS } from '../urls.ts'
import { type Endpoint, type EndpointContext, endpoint, mountEndpoints, PUBLIC } from './endpoint.ts'
import { streamBodies } from './streamed-bodies.ts'
import { allowEveryOrigin, preflightHeaders } from './upload-cors.ts'

/** Returns the headers with which a protocol describes itself in the response to OPTIONS. */
export type ProtocolDescription = (limits: Limits) => Readonly<Record<string, string>>

const header = (description: string) => ({ description, schema: { type: 'string' } })

/**
 * Declares OPTIONS of the session URL. One response serves all protocols: a preflight request of a browser, the
 * discovery of tus and that of the IETF protocol cannot be told apart.
 */
export function sessionOptions(descriptions: readonly ProtocolDescription[]): Endpoint {
  return endpoint(
    {
      operation: { action: 'preflightUploadSession', scope: PUBLIC },
      method: 'OPTIONS',
      path: URLS.uploadSession,
      tag: 'Uploads',
      summary: 'Answer the preflight request of a browser, and describe the upload protocols',
      parameters: [
        {
          name: 'upload_id',
          in: 'query',
          required: true,
          schema: { type: 'string' },
          description: 'The credential in the `upload_url`.',
        },
      ],
      responses: {
        204: {
          description: 'Pages of every origin may send requests.',
          headers: {
            'x-request-id': header('The id of the request.'),
            'Access-Control-Allow-Origin': header('The origin of the page. Every origin is allowed.'),
            'Access-Control-Expose-Headers': header('The headers that a page may read.'),
            'Tus-Version': header('The version of tus.'),
            'Tus-Extension': header('The extensions of tus, separated by commas.'),
            'Tus-Max-Size': header('The maximum size of a file in bytes.'),
            'Tus-Checksum-Algorithm': header('The algorithms of `Upload-Checksum`, separated by commas.'),
          },
        },
      },
      errors: null,
    },
    ({ context }) => {
      const described = Object.assign({}, ...descriptions.map((describe) => describe(context.limits)))
      return async (request, reply) =>
        reply.code(204).headers(preflightHeaders(request)).headers(described).send()
    },
  )
}

/** Mounts OPTIONS of the session URL, for every protocol. */
export function sessionOptionsRoute(options: Endpoint, context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    allowEveryOrigin(app)
    // A type of any content, or none, is no reason to refuse the description.
    streamBodies(app)
    mountEndpoints(app, [options], context)
    done()
  }
}
