import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { completeDocument, type OpenApiDocument } from './complete-document.ts'
import { TAGS } from './tags.ts'

/** Generates the OpenAPI document of the routes that `mount` mounts, on an app that never listens. */
export async function createDocument(mount: (app: FastifyInstance) => void): Promise<unknown> {
  const app = fastify()
  app.setValidatorCompiler(() => () => true)
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waybill',
        version: '1',
        description:
          'A file service with resumable uploads: it hands out upload URLs, takes files of any size, checks what ' +
          'arrived, registers it, and serves it.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...TAGS],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    hideUntagged: false,
    transform: ({ schema, url }) => ({ schema: { ...schema, hide: schema?.operationId === undefined }, url }),
    transformObject: (input) =>
      completeDocument(
        ('openapiObject' in input ? input.openapiObject : {}) as unknown as OpenApiDocument,
      ) as never,
  })
  app.register(async (documented) => mount(documented))
  await app.ready()
  const document = app.swagger()
  await app.close()
  return document
}
