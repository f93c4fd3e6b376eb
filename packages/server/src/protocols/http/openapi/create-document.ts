import {
  type Content,
  type Endpoint,
  type EndpointFacts,
  type EndpointResponse,
  needsKey,
  type Tag,
} from '../endpoint.ts'
import { documentedCodes, type ErrorForm, errorExamples, errorResponses } from './error-responses.ts'
import { type ExampleSchema, exampleOf } from './example-of.ts'
import { mergeVariants } from './merge-variants.ts'
import { type HeaderName, headerRefs, RESPONSE_HEADERS } from './response-headers.ts'

/** Parts of a document that differ between protocols. */
export interface DocumentedProtocol {
  readonly title: string
  readonly description: string
  /** Groups of endpoints, in the order of the reference. */
  readonly tags: readonly { readonly name: Tag; readonly description: string }[]
  readonly errors: ErrorForm
  /** Headers of every response to a request with a key; `x-request-id` is in the others too. */
  readonly headers: readonly HeaderName[]
  /** Headers that occur in the document. */
  readonly usedHeaders: readonly HeaderName[]
}

/** Creates the OpenAPI 3.1 document of the endpoints of a protocol. */
export function createDocument(protocol: DocumentedProtocol, endpoints: readonly Endpoint[]): object {
  const documented = (endpoint: Endpoint) => operationOf(protocol, endpoint)
  const byPath = Map.groupBy(endpoints, ({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'))
  const paths = [...byPath].map(([path, ofPath]) => {
    const byMethod = Map.groupBy(ofPath, methodOf)
    return [path, Object.fromEntries([...byMethod.values()].map(mergeVariants).map(documented))]
  })
  return {
    openapi: '3.1.0',
    info: {
      title: protocol.title,
      version: '1',
      description: protocol.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Error: protocol.errors.schema(documentedCodes(endpoints)) },
      headers: Object.fromEntries(protocol.usedHeaders.map((name) => [name, RESPONSE_HEADERS[name]])),
      examples: errorExamples(protocol.errors, endpoints),
    },
    paths: Object.fromEntries(paths),
    servers: [{ url: '/' }],
    tags: protocol.tags,
  }
}

function operationOf(protocol: DocumentedProtocol, endpoint: Endpoint): [method: string, operation: object] {
  const { operation, tag, summary, description, query, params, parameters = [] } = endpoint
  const all = [...parametersOf('query', query), ...parametersOf('path', params), ...parameters]
  const requestBody = requestBodyOf(endpoint)
  const headers = commonHeaders(protocol, endpoint)
  const documented = {
    operationId: operation.action,
    ...(requestBody === null ? {} : { requestBody }),
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: { ...responsesOf(endpoint, headers), ...errorResponses(protocol.errors, endpoint, headers) },
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: securityOf(endpoint),
  }
  return [methodOf(endpoint).toLowerCase(), documented]
}

/** Returns the method of the operation. HEAD beside GET is GET without a body, and has no operation of its own. */
function methodOf({ method }: Endpoint): string {
  return [method].flat()[0] ?? ''
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

function responsesOf(endpoint: Endpoint, common: Readonly<Record<string, object>>): object {
  const responses = Object.entries<EndpointResponse>(endpoint.responses)
  const documented = responses.map(([status, { description, headers, body, content }]) => {
    const ofBody: Content | undefined = body === undefined ? content : jsonContent(body as ExampleSchema)
    return [
      status,
      {
        description,
        headers: { ...common, ...headers },
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
function commonHeaders(
  { headers }: DocumentedProtocol,
  { operation, errors }: Endpoint,
): Record<string, object> {
  if (errors === null) return {}
  if (!needsKey(operation)) return headerRefs('x-request-id')
  return headerRefs(...headers)
}

/** The requirement of a key may name a role (OpenAPI 3.1); here it is the scope. */
function securityOf({ operation }: Endpoint): object[] {
  if (!needsKey(operation)) return []
  const { scope } = operation
  const roles = scope === null ? [] : [scope]
  return [{ apiKey: roles }, { bearer: roles }]
}
