import {
  type Content,
  type Endpoint,
  type EndpointFacts,
  type EndpointResponse,
  needsKey,
  type Tag,
} from '../../http/endpoint.ts'
import { errorExamples, errorResponses, errorSchema } from './error-responses.ts'
import { type ExampleSchema, exampleOf } from './example-of.ts'
import { headerRefs, RESPONSE_HEADERS } from './response-headers.ts'

/** Groups of endpoints, in the order of the reference. */
const TAGS: readonly { readonly name: Tag; readonly description: string }[] = [
  {
    name: 'Uploads',
    description:
      'An upload session receives the bytes of one file, in one or several requests. Its URL is its credential.',
  },
  { name: 'Files', description: 'Uploaded, verified and registered files.' },
  {
    name: 'Vector stores',
    description:
      'A vector store makes the text of Files searchable. Files are indexed after they are added, and stay where they are ' +
      'when they are removed.',
  },
  { name: 'Organizations', description: 'Every file and key belongs to one organization.' },
  { name: 'API keys', description: 'A key has scopes, and is valid in one organization.' },
  { name: 'Health', description: 'For monitoring, and for programs that read this document.' },
]

/** Creates the OpenAPI 3.1 document of the endpoints. */
export function createDocument(endpoints: readonly Endpoint[]): object {
  const byPath = Map.groupBy(endpoints, ({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'))
  const paths = [...byPath].map(([path, ofPath]) => [path, Object.fromEntries(ofPath.map(operationOf))])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version: '1',
      description:
        'A file service with resumable uploads. It creates upload URLs, receives files of any size, verifies and registers ' +
        'them, and serves them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Error: errorSchema(endpoints) },
      headers: RESPONSE_HEADERS,
      examples: errorExamples(endpoints),
    },
    paths: Object.fromEntries(paths),
    servers: [{ url: '/' }],
    tags: TAGS,
  }
}

function operationOf(endpoint: Endpoint): [method: string, operation: object] {
  const { operation, tag, summary, description, query, params, parameters = [] } = endpoint
  const all = [...parametersOf('query', query), ...parametersOf('path', params), ...parameters]
  const requestBody = requestBodyOf(endpoint)
  const documented = {
    operationId: operation.action,
    ...(requestBody === null ? {} : { requestBody }),
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: { ...responsesOf(endpoint), ...errorResponses(endpoint, commonHeaders(endpoint)) },
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: securityOf(endpoint),
  }
  // HEAD is GET without a body, and has no operation of its own.
  const [method = ''] = [endpoint.method].flat()
  return [method.toLowerCase(), documented]
}

function parametersOf(location: 'query' | 'path', schema: EndpointFacts['params']): object[] {
  const required = new Set(schema?.required)
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = property as { readonly description?: string }
    return { schema: rest, in: location, name, required: required.has(name), description }
  })
}

function requestBodyOf({ body, isBodyOptional = false, streamedBody }: Endpoint): object | null {
  if (streamedBody !== undefined) return streamedBody
  if (body === undefined) return null
  return { required: !isBodyOptional, content: jsonContent(body as ExampleSchema) }
}

function responsesOf(endpoint: Endpoint): object {
  const responses = Object.entries<EndpointResponse>(endpoint.responses)
  const documented = responses.map(([status, { description, headers, body, content }]) => {
    const ofBody: Content | undefined = body === undefined ? content : jsonContent(body as ExampleSchema)
    return [
      status,
      {
        description,
        headers: { ...commonHeaders(endpoint), ...headers },
        ...(ofBody === undefined ? {} : { content: ofBody }),
      },
    ]
  })
  return Object.fromEntries(documented)
}

function jsonContent(schema: ExampleSchema): Content {
  return { 'application/json': { schema, example: exampleOf(schema) } }
}

/** Headers of every response of the endpoint. One with its own error body declares all headers. */
function commonHeaders({ operation, errors }: Endpoint): Record<string, object> {
  if (errors === null) return {}
  if (!needsKey(operation)) return headerRefs('x-request-id')
  return headerRefs('x-request-id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset')
}

/** The requirement of a key may name a role (OpenAPI 3.1); here it is the scope. */
function securityOf({ operation }: Endpoint): object[] {
  if (!needsKey(operation)) return []
  const { scope } = operation
  const roles = scope === null ? [] : [scope]
  return [{ apiKey: roles }, { bearer: roles }]
}
