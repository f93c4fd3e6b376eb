import { type ErrorCode, ServiceError } from '../../../domain/errors.ts'
import { type Endpoint, needsKey } from '../endpoint.ts'
import { type HeaderName, headerRefs } from './response-headers.ts'

/** Errors as a protocol renders them. */
export interface ErrorForm {
  render(error: ServiceError): { readonly status: number; readonly body: object }
  /** Returns the schema of the error body; `codes` are those that occur. */
  schema(codes: readonly ErrorCode[]): object
  /** Headers that say when to retry. */
  readonly retryHeaders: readonly HeaderName[]
}

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

/** Errors of URLs that are not endpoints, and of transfer codings. */
const URL_ERRORS: readonly ErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED', 'NOT_IMPLEMENTED']

/** Returns the responses to errors by status, with an example of each code. */
export function errorResponses(
  form: ErrorForm,
  endpoint: Endpoint,
  headers: Readonly<Record<string, object>>,
): object {
  const byStatus = Map.groupBy(codesOf(endpoint), (code) => exampleResponse(form, code).status)
  const responses = [...byStatus].map(([status, codes]) => {
    const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])
    const isRetried = status === 429 || status === 503 || codes.includes('SCAN_PENDING')
    const retryHeaders = isRetried ? headerRefs(...form.retryHeaders) : {}
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
export function errorExamples(form: ErrorForm, endpoints: readonly Endpoint[]): object {
  const codes = documentedCodes(endpoints)
  return Object.fromEntries(codes.map((code) => [code, { value: exampleResponse(form, code).body }]))
}

/** Returns the codes that occur in the responses of the endpoints and of other URLs. */
export function documentedCodes(endpoints: readonly Endpoint[]): ErrorCode[] {
  const declared = endpoints.flatMap(({ errors }) => errors ?? [])
  return [...new Set([...COMMON_ERRORS, ...KEY_ERRORS, ...BODY_ERRORS, ...declared, ...URL_ERRORS])]
}

function exampleResponse(form: ErrorForm, code: ErrorCode) {
  return form.render(new ServiceError(code, '…for a developer'))
}
