import { type Endpoint, endpoint, PUBLIC } from '../../http/endpoint.ts'
import { URLS } from '../../urls.ts'

async function createWaybillDocument(endpoints: readonly Endpoint[]): Promise<object> {
  const { createDocument } = await import('../../http/openapi/create-document.ts')
  const { WAYBILL_PROTOCOL } = await import('./waybill-document.ts')
  return createDocument(WAYBILL_PROTOCOL, endpoints)
}

/** Declares the endpoint that serves the OpenAPI document of these endpoints and of itself. */
export function documentEndpoint(endpoints: readonly Endpoint[]): Endpoint {
  const getDocument: Endpoint = endpoint(
    {
      operation: { action: 'getDocument', scope: PUBLIC },
      method: 'GET',
      path: URLS.openapi,
      tag: 'Health',
      summary: 'Get this document',
      responses: {
        200: {
          description: 'The OpenAPI 3.1 document.',
          headers: {
            'x-request-id': { description: 'The id of the request.', schema: { type: 'string' } },
          },
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      },
      errors: null,
    },
    () => {
      let document: Promise<object> | null = null
      return () => {
        // Loaded and created at the first request, to keep the start short.
        document ??= createWaybillDocument([...endpoints, getDocument])
        return document
      }
    },
  )
  return getDocument
}
