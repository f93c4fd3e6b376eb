import type { ErrorCode } from '../../../domain/errors.ts'
import { ServiceError } from '../../../domain/errors.ts'
import { renderError } from '../error-body.ts'
import { type ExampleSchema, exampleOf } from './example-of.ts'
import { BODY_ERRORS, COMMON_ERRORS, KEY_ERRORS, NOTES, type OperationNotes } from './notes.ts'
import { UNSCHEMED_PATHS } from './unschemed-paths.ts'

/** The parts of an OpenAPI 3.1 document that are read and written here. */
export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown>; readonly [kind: string]: object }
}

interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly object[]
  readonly requestBody?: { readonly content: Record<string, Content> }
  readonly responses: Record<string, Response>
  [field: string]: unknown
}

interface Content {
  readonly schema: ExampleSchema
  readonly example?: unknown
}

interface Response {
  readonly description: string
  readonly content?: Record<string, Content>
  readonly headers?: Record<string, object>
}

const text = { type: 'string' }
const EXAMPLE_TRACE_ID = '7f3d2b1a-5c4e-4a6f-9b8d-0e1f2a3b4c5d'
const EXAMPLE_TIME_MS = Date.UTC(2026, 0, 15, 10, 30)

const header = (description: string, type = 'string') => ({ description, schema: { type } })
const headerRefs = (...names: (keyof typeof HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

const HEADERS = {
  'x-request-id': header('The request’s id; an error’s `trace_id`.'),
  'X-RateLimit-Limit': header('Requests that the key may make a minute.', 'integer'),
  'X-RateLimit-Remaining': header('How many of them are left.', 'integer'),
  'X-RateLimit-Reset': header('Seconds until there are all of them again.', 'integer'),
  'Retry-After': header('Seconds to wait.', 'integer'),
  Allow: header('The methods that the URL takes; in every 405.'),
  ETag: header('A strong validator of the bytes.'),
  'Content-Disposition': header('The file’s name (RFC 6266).'),
  'Content-Range': header('Which bytes these are.'),
}
const COMMON_HEADERS = headerRefs('x-request-id')
const KEY_HEADERS = headerRefs(
  'x-request-id',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
)

/**
 * Completes what the routes' schemas give: what each operation is for, who may call it, every error that it
 * answers, headers, and an example of each body.
 */
export function completeDocument(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    // HEAD is GET without its body, and would say each operation's id a second time.
    const said = Object.entries(operations).filter(([method]) => method !== 'head')
    const completed = said.map(([method, operation]) => [method, complete(operation)])
    return [path, Object.fromEntries(completed)]
  })
  return {
    ...document,
    paths: { ...Object.fromEntries(paths), ...UNSCHEMED_PATHS },
    components: {
      ...document.components,
      schemas: { ...document.components.schemas, Error: ERROR_SCHEMA },
      headers: HEADERS,
      examples: errorExamples(),
    },
  }
}

function complete(operation: Operation): Operation {
  const notes = NOTES[operation.operationId ?? '']
  if (!notes) throw new Error(`the operation ${operation.operationId} has no notes`)
  const requestBody = operation.operationId === 'uploadFiles' ? MULTIPART_BODY : operation.requestBody
  return {
    ...operation,
    summary: notes.summary,
    ...(notes.description === undefined ? {} : { description: notes.description }),
    tags: [notes.tag],
    security: securityOf(notes),
    ...(operation.operationId === 'downloadFile'
      ? { parameters: [...(operation.parameters ?? []), ...DOWNLOAD_HEADERS] }
      : {}),
    ...(requestBody ? { requestBody: { ...requestBody, content: withExamples(requestBody.content) } } : {}),
    responses: { ...successes(operation, notes), ...failures(notes, operation.requestBody !== undefined) },
  }
}

/** OpenAPI lets a key’s requirement name the role that it needs, which is here its scope. */
function securityOf({ security, scope }: OperationNotes): object[] {
  const roles = scope === null ? [] : [scope]
  return security === 'key' ? [{ apiKey: roles }, { bearer: roles }] : []
}

function successes({ operationId, responses }: Operation, notes: OperationNotes): Record<string, Response> {
  const entries = Object.entries(operationId === 'downloadFile' ? DOWNLOAD_RESPONSES : responses)
  const completed = entries.map(([status, response]) => {
    const { content } = response
    const described = {
      description: response.description === 'Default Response' ? notes.summary : response.description,
      headers: { ...headersFor(notes), ...response.headers },
      ...(content ? { content: withExamples(content) } : {}),
    }
    return [status, described]
  })
  return Object.fromEntries(completed)
}

function headersFor({ security }: OperationNotes): Record<string, object> {
  return security === 'key' ? KEY_HEADERS : COMMON_HEADERS
}

function withExamples(content: Record<string, Content>): Record<string, Content> {
  const entries = Object.entries(content).map(([type, { schema, example }]) => [
    type,
    { schema, example: example ?? exampleOf(schema) },
  ])
  return Object.fromEntries(entries)
}

/** The errors by status, with an example of each code. */
function failures(notes: OperationNotes, hasBody: boolean): Record<string, Response> {
  const codes = new Set([
    ...(notes.security === 'key' ? KEY_ERRORS : []),
    ...(hasBody ? BODY_ERRORS : []),
    ...notes.errors,
    ...COMMON_ERRORS,
  ])
  const byStatus = Map.groupBy(codes, (code) => answerOf(code).status)
  const entries = [...byStatus].map(([status, ofStatus]) => {
    const examples = ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }])
    return [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\``).join(', '),
        headers: {
          ...headersFor(notes),
          ...(status === 429 || status === 503 ? headerRefs('Retry-After') : {}),
        },
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(examples),
          },
        },
      },
    ]
  })
  return Object.fromEntries(entries)
}

/** An answer with each code that the document speaks of. */
function errorExamples(): Record<string, object> {
  return Object.fromEntries(documentedCodes().map((code) => [code, { value: answerOf(code).body }]))
}

function documentedCodes(): ErrorCode[] {
  const ofOperations = Object.values(NOTES).flatMap(({ errors }) => errors)
  const ofUrls: ErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED']
  return [...new Set([...COMMON_ERRORS, ...KEY_ERRORS, ...BODY_ERRORS, ...ofOperations, ...ofUrls])]
}

function answerOf(code: ErrorCode) {
  return renderError(new ServiceError(code, '…for a developer'), EXAMPLE_TRACE_ID, EXAMPLE_TIME_MS)
}

const file = { type: 'string', contentMediaType: 'application/octet-stream' }
const MULTIPART_BODY = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          file: { ...file, description: 'One file; the answer is its File.' },
          files: {
            type: 'array',
            items: file,
            maxItems: 100,
            description: 'Or several; the answer lists them. Parts named `files[]` count as `files`.',
          },
          checksums: {
            ...text,
            description: 'Checksums to compute, such as `md5,sha256`: the File has them.',
          },
          crc32c: { type: 'array', items: text, description: 'Base64 CRC-32C of each file, in their order.' },
        },
      },
      example: { file: '…', crc32c: ['4waSgw=='] },
    },
  },
}
const requestHeader = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  schema: text,
  description,
})
const DOWNLOAD_HEADERS = [
  requestHeader('Range', 'Which bytes are wanted, such as `bytes=0-1023`; one range. None: all of them.'),
  requestHeader('If-Range', 'The `ETag` of which a range is wanted; all bytes where it is another one now.'),
  requestHeader('If-None-Match', 'The `ETag` of what the caller has; 304 where it is still the same.'),
  requestHeader('If-Match', 'The `ETag` that the bytes must have; else 412.'),
]
const BYTES = { '*/*': { schema: {}, example: '…' } }
const VALIDATOR_HEADERS = headerRefs('ETag', 'Content-Disposition')
const DOWNLOAD_RESPONSES: Record<string, Response> = {
  200: { description: 'All bytes.', headers: VALIDATOR_HEADERS, content: BYTES },
  206: {
    description: 'The range that was asked for.',
    headers: { ...VALIDATOR_HEADERS, ...headerRefs('Content-Range') },
    content: BYTES,
  },
  302: {
    description: 'The bytes are at the storage’s provider, under this URL.',
    headers: {
      Location: {
        schema: { type: 'string' },
        description: 'A credential, good for as long as the URL that was asked for.',
      },
    },
  },
  304: { description: 'The bytes are those that the caller has.', headers: VALIDATOR_HEADERS },
}

const ERROR_SCHEMA = {
  type: 'object',
  description:
    'Every error, but of session URIs, which answer as Google’s do. An unknown URL is answered with 404 `NOT_FOUND`, another ' +
    'method than those of a URL with 405 `METHOD_NOT_ALLOWED` and the header `Allow`.',
  required: ['success', 'error'],
  properties: {
    success: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message', 'system_message', 'type', 'status', 'details', 'trace_id', 'timestamp'],
      properties: {
        code: { ...text, enum: documentedCodes(), description: 'For programs.' },
        message: { ...text, description: 'For a person.' },
        system_message: { ...text, description: 'For a developer.' },
        type: {
          ...text,
          description: 'The kind of error, of which there are few; it follows from the status.',
        },
        status: { type: 'integer', description: 'As in the answer’s first line.' },
        details: {
          type: 'object',
          description: 'What else is known, such as the `field` that is not valid.',
        },
        trace_id: { ...text, description: 'The request’s id, under which the service’s log has it.' },
        timestamp: { ...text, format: 'date-time' },
      },
    },
  },
}
