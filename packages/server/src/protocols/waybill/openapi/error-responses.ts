import { type ErrorCode, ServiceError } from '../../../domain/errors.ts'
import { type Endpoint, needsKey } from '../../http/endpoint.ts'
import { renderError } from '../error-body.ts'
import { headerRefs } from './response-headers.ts'

/** Errors of every endpoint that needs a key. */
const KEY_ERRORS: readonly ErrorCode[] = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_DEACTIVATED',
  'API_KEY_PAUSED',
  'INSUFFICIENT_PERMISSIONS',
  'ORGANIZATION_ACCESS_DENIED',
  'RATE_LIMIT_EXCEEDED',
]

/** Errors of every endpoint with a JSON body. */
const BODY_ERRORS: readonly ErrorCode[] = [
  'INVALID_JSON',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'VALIDATION_ERROR',
]

/** Errors of every endpoint. */
const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_REQUEST',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  'STORAGE_FULL',
]

/** Errors of URLs that are not endpoints. */
const URL_ERRORS: readonly ErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED']

const EXAMPLE_TRACE_ID = '7f3d2b1a-5c4e-4a6f-9b8d-0e1f2a3b4c5d'
const EXAMPLE_TIME_MS = Date.UTC(2026, 0, 15, 10, 30)

/** Returns the responses to errors by status, with an example of each code. */
export function errorResponses(endpoint: Endpoint, headers: Record<string, object>): object {
  const byStatus = Map.groupBy(codesOf(endpoint), (code) => exampleResponse(code).status)
  const responses = [...byStatus].map(([status, codes]) => {
    const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])
    const retryHeaders = status === 429 || status === 503 ? headerRefs('Retry-After') : {}
    return [
      status,
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        headers: { ...headers, ...retryHeaders },
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(examples),
          },
        },
      },
    ]
  })
  return Object.fromEntries(responses)
}

function codesOf({ operation, body, errors }: Endpoint): ReadonlySet<ErrorCode> {
  if (errors === null) return new Set()
  return new Set([
    ...(needsKey(operation) ? KEY_ERRORS : []),
    ...(body === undefined ? [] : BODY_ERRORS),
    ...errors,
    ...COMMON_ERRORS,
  ])
}

/** Returns an example of each error. */
export function errorExamples(endpoints: readonly Endpoint[]): object {
  const codes = documentedCodes(endpoints)
  return Object.fromEntries(codes.map((code) => [code, { value: exampleResponse(code).body }]))
}

function documentedCodes(endpoints: readonly Endpoint[]): ErrorCode[] {
  const declared = endpoints.flatMap(({ errors }) => errors ?? [])
  return [...new Set([...COMMON_ERRORS, ...KEY_ERRORS, ...BODY_ERRORS, ...declared, ...URL_ERRORS])]
}

function exampleResponse(code: ErrorCode) {
  return renderError(new ServiceError(code, '…for a developer'), EXAMPLE_TRACE_ID, EXAMPLE_TIME_MS)
}

const text = (description: string) => ({ type: 'string', description })

/** Returns the schema of the error body. */
export function errorSchema(endpoints: readonly Endpoint[]): object {
  return {
    type: 'object',
    description:
      "The body of every error, except errors of session URIs, which have Google's form. The error of an unknown URL is " +
      '404 `NOT_FOUND`. The error of an unsupported method is 405 `METHOD_NOT_ALLOWED`, with the header `Allow`.',
    required: ['success', 'error'],
    properties: {
      success: { const: false },
      error: {
        type: 'object',
        required: ['code', 'message', 'system_message', 'type', 'status', 'details', 'trace_id', 'timestamp'],
        properties: {
          code: { type: 'string', enum: documentedCodes(endpoints), description: 'The code, for programs.' },
          message: text('A message for people.'),
          system_message: text('A message for developers.'),
          type: text('The category of the error. It depends only on the status.'),
          status: { type: 'integer', description: 'The HTTP status.' },
          details: {
            type: 'object',
            description: 'Further details, such as the `field` that is not valid.',
          },
          trace_id: text('The id of the request, which is also in the log of the service.'),
          timestamp: { type: 'string', format: 'date-time' },
        },
      },
    },
  }
}
