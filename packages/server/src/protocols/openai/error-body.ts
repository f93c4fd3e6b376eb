import type { FastifyRequest } from 'fastify'
import type { ErrorCode, ErrorDetails, ServiceError } from '../../domain/errors.ts'
import type { ValueProblem } from '../../domain/invalid-value.ts'
import { classifyError } from '../http/error-status.ts'
import { openaiFileId } from './file-id.ts'
import { isUnserved } from './openai-path.ts'

/** Response to a failed request, without the headers that every response has. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly body: object
}

/** Parts of a failed request that its error names. */
export type FailedRequest = Pick<FastifyRequest, 'method' | 'url' | 'params' | 'body'>

interface Rendering {
  readonly status: number
  readonly code: string | null
  readonly message: string
  readonly param?: string | null
}

/** Statuses and codes of OpenAI's API; errors that are not in the table keep their status and have no code. */
const RENDERINGS: Readonly<Partial<Record<ErrorCode, readonly [status: number, code: string | null]>>> = {
  INVALID_JSON: [400, 'invalid_json'],
  INVALID_REQUEST: [400, 'invalid_value'],
  CHECKSUM_MISMATCH: [400, 'checksum_mismatch'],
  FILE_SIZE_MISMATCH: [400, 'bytes_mismatch'],
  FILE_TYPE_MISMATCH: [400, 'unsupported_file'],
  UNSUPPORTED_FILE_TYPE: [400, 'unsupported_file'],
  FILE_REJECTED: [400, 'file_rejected'],
  UPLOAD_SESSION_EXPIRED: [400, 'upload_not_pending'],
  FILE_ALREADY_REGISTERED: [400, 'upload_not_pending'],
  STORAGE_QUOTA_EXCEEDED: [400, 'storage_quota_exceeded'],
  VECTOR_STORE_EXPIRED: [400, 'vector_store_expired'],
  AUTHENTICATION_REQUIRED: [401, 'invalid_api_key'],
  INVALID_API_KEY: [401, 'invalid_api_key'],
  API_KEY_EXPIRED: [401, 'invalid_api_key'],
  API_KEY_DEACTIVATED: [401, 'invalid_api_key'],
  API_KEY_PAUSED: [401, 'invalid_api_key'],
  TOKEN_INVALID: [401, 'invalid_api_key'],
  TOKEN_EXPIRED: [401, 'invalid_api_key'],
  AMBIGUOUS_ORGANIZATION: [400, 'organization_required'],
  INSUFFICIENT_PERMISSIONS: [403, 'missing_scope'],
  MODEL_NOT_FOUND: [404, 'model_not_found'],
  CONTEXT_LENGTH_EXCEEDED: [400, 'context_length_exceeded'],
  THREAD_BUSY: [409, 'conversation_locked'],
  METHOD_NOT_ALLOWED: [405, 'method_not_allowed'],
  FILE_TOO_LARGE: [413, 'file_too_large'],
  REQUEST_TOO_LARGE: [413, 'file_too_large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'unsupported_content_type'],
  RATE_LIMIT_EXCEEDED: [429, 'rate_limit_exceeded'],
  TOO_MANY_OPEN_UPLOADS: [429, 'rate_limit_exceeded'],
  INTERNAL_ERROR: [500, 'server_error'],
  OBJECT_DAMAGED: [503, 'service_unavailable'],
  STORAGE_UNAVAILABLE: [503, 'service_unavailable'],
  SERVICE_UNAVAILABLE: [503, 'service_unavailable'],
  MODEL_SERVER_ERROR: [502, 'model_server_error'],
  MODEL_SERVER_NOT_CONFIGURED: [503, 'model_server_not_configured'],
  MODEL_SERVER_TIMEOUT: [504, 'model_server_timeout'],
  STORAGE_FULL: [507, 'storage_full'],
}

const VALUE_CODES: Readonly<Record<ValueProblem, string>> = {
  missing: 'missing_required_parameter',
  wrong_type: 'invalid_type',
  invalid: 'invalid_value',
  below_minimum: 'integer_below_min_value',
  above_maximum: 'integer_above_max_value',
  too_short: 'invalid_value',
  too_long: 'string_above_max_length',
  too_few: 'invalid_value',
  too_many: 'array_above_max_length',
  empty_file: 'empty_file',
  unsupported: 'unsupported_parameter',
  unsupported_tool: 'unsupported_tool',
}

/** OpenAI's client ignores waits that are longer. */
const MAX_RETRY_MS = 60_000

/** Returns the response to an error, with the error body of OpenAI's API. */
export function renderOpenaiError(thrown: unknown, request: FailedRequest): ErrorResponse {
  const { error, status: ownStatus, message: publicMessage, headers } = classifyError(thrown)
  const rendering = render(error, ownStatus, publicMessage, request)
  const { status, code, message, param = null } = rendering
  const body = { error: { message, type: typeOf(status), param, code } }
  return { status, headers: { ...headers, ...retryHeaders(status, error.code) }, code: error.code, body }
}

/** Returns `retry-after-ms` for a `retry-after` in seconds. */
export function retryAfterMs(seconds: number): string {
  return String(Math.min(Math.max(0, seconds * 1000), MAX_RETRY_MS))
}

function render(
  error: ServiceError,
  ownStatus: number,
  publicMessage: string,
  request: FailedRequest,
): Rendering {
  if (error.code === 'VALIDATION_ERROR') return renderValidation(error)
  if (error.code === 'NOT_FOUND' || isUnservedAction(error, request)) return renderUnknownUrl(request)
  if (error.code === 'ORGANIZATION_ACCESS_DENIED') return renderDenied(error)
  const missing = renderMissing(error, request)
  if (missing !== null) return missing
  if (error.code === 'MODEL_REQUEST_REFUSED') return renderRefused(error)
  const [status, code] = RENDERINGS[error.code] ?? [ownStatus, null]
  const isForPeople = status >= 500 || status === 401
  const param = typeof error.details.field === 'string' ? error.details.field : null
  return { status, code, message: isForPeople ? publicMessage : sentence(error.message), param }
}

function renderValidation({ message, details }: ServiceError): Rendering {
  const path = typeof details.field === 'string' && details.field !== '' ? details.field : null
  const code = VALUE_CODES[details.problem as ValueProblem] ?? 'invalid_value'
  if (path === null) return { status: 400, code, message: sentence(message) }
  if (details.problem === 'missing')
    return { status: 400, code, param: path, message: `Missing required parameter: '${path}'.` }
  const rule = message.startsWith(`${path} `) ? message.slice(path.length + 1) : message
  return { status: 400, code, param: path, message: `Invalid '${path}': ${rule}.` }
}

function renderUnknownUrl({ method, url }: FailedRequest): Rendering {
  const path = url.split('?', 1)[0] ?? ''
  if (method === 'DELETE' && /^\/v1\/models\/./.test(path))
    return { status: 403, code: 'missing_scope', message: 'No API key may delete models.' }
  if (method === 'POST' && /^\/v1\/responses\/[^/]+\/cancel$/.test(path)) {
    const message = 'Only responses with background: true can be cancelled, and these are not supported.'
    return { status: 400, code: 'unsupported_parameter', message }
  }
  if (!isUnserved(path)) return { status: 404, code: null, message: `Invalid URL (${method} ${path})` }
  const message = `Waybill does not serve ${method} ${path}. It serves files, uploads, vector stores, models, responses and conversations of this API.`
  return { status: 404, code: 'unsupported_endpoint', message }
}

/** Renders the refusal of a model server as it sent it. */
function renderRefused({ message, details }: ServiceError): Rendering {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
  return { status: 400, code: textOf(details.upstreamCode), param: textOf(details.field), message }
}

/** Returns true for an action of OpenAI's API whose path another one has: stored completions, or an id's. */
function isUnservedAction({ code }: ServiceError, { method, url }: FailedRequest): boolean {
  if (code !== 'METHOD_NOT_ALLOWED') return false
  const [path = ''] = url.split('?', 1)
  if (path === '/v1/chat/completions') return method === 'GET'
  if (path.startsWith('/v1/models/')) return method === 'DELETE'
  return method === 'POST' && path === '/v1/responses/compact'
}

function renderDenied({ message, details }: ServiceError): Rendering {
  const code = details.header === 'OpenAI-Organization' ? 'mismatched_organization' : 'invalid_api_key'
  return { status: 401, code, message: sentence(message) }
}

/** Renders objects that do not exist, or that belong to another organization; null for all other errors. */
function renderMissing({ code, details }: ServiceError, { params, body }: FailedRequest): Rendering | null {
  const { vector_store_id, file_id, batch_id, upload_id } = (params ?? {}) as Readonly<Record<string, string>>
  const notFound = (message: string, param: string): Rendering => ({
    status: 404,
    code: null,
    message,
    param,
  })
  if (code === 'THREAD_NOT_FOUND' || code === 'MESSAGE_NOT_FOUND')
    return renderMissingConversation(code, details, (params ?? {}) as Readonly<Record<string, string>>)
  if (code === 'RESPONSE_NOT_FOUND') return renderMissingResponse(details, { params, body })
  if (code === 'FILE_NOT_FOUND' && typeof details.field === 'string')
    return notFound(`No such File object: ${openaiFileId(String(details.file_id))}`, details.field)
  if (code === 'FILE_NOT_FOUND') {
    const { file_id: sent } = (body ?? {}) as { readonly file_id?: unknown }
    const id = file_id ?? (typeof sent === 'string' ? sent : '')
    return notFound(`No such File object: ${openaiFileId(id)}`, file_id === undefined ? 'file_id' : 'id')
  }
  if (code === 'UPLOAD_NOT_FOUND') return notFound(`No such Upload object: ${upload_id}`, 'upload_id')
  if (code === 'VECTOR_STORE_NOT_FOUND') {
    const id = typeof details.store_id === 'string' ? details.store_id : vector_store_id
    const param = typeof details.field === 'string' ? details.field : 'vector_store_id'
    return notFound(`Vector store with id '${id}' not found.`, param)
  }
  if (code === 'FILE_NOT_IN_STORE') {
    const id = openaiFileId(file_id ?? '')
    return notFound(`No file found with id '${id}' in vector store '${vector_store_id}'.`, 'file_id')
  }
  if (code === 'FILE_BATCH_NOT_FOUND')
    return notFound(
      `No file batch found with id '${batch_id}' in vector store '${vector_store_id}'.`,
      'batch_id',
    )
  return null
}

/** Renders a response that does not exist. That it is continued, not read, is an error of the request's value. */
function renderMissingResponse(
  { field, response_id }: ErrorDetails,
  { params, body }: Pick<FailedRequest, 'params' | 'body'>,
): Rendering {
  const { response_id: id = response_id } = (params ?? {}) as { readonly response_id?: string }
  if (typeof field !== 'string')
    return { status: 404, code: null, message: `Response with id '${id}' not found.` }
  const { previous_response_id: continued } = (body ?? {}) as { readonly previous_response_id?: unknown }
  const missing = continued === id ? 'it' : `it continues '${id}', which`
  const message = `Previous response not found: ${missing} does not exist, was not stored, or has expired.`
  return { status: 400, code: 'previous_response_not_found', message, param: field }
}

function renderMissingConversation(
  code: ErrorCode,
  details: ErrorDetails,
  params: Readonly<Record<string, string>>,
): Rendering {
  const { conversation_id: id = details.conversation_id, item_id = details.item_id } = params
  const param = typeof details.field === 'string' ? details.field : null
  const place = id === undefined ? '' : ` in conversation with id '${id}'`
  const message =
    code === 'THREAD_NOT_FOUND'
      ? `Conversation with id '${id}' not found.`
      : `Item with id '${item_id}' not found${place}.`
  return { status: 404, code: null, message, param }
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** Says which errors the client must not retry: it retries every 409 and 5xx by itself. */
function retryHeaders(status: number, code: ErrorCode): Readonly<Record<string, string>> {
  // The other response of the conversation ends soon.
  if (code === 'THREAD_BUSY') return {}
  return status === 507 || status === 409 ? { 'x-should-retry': 'false' } : {}
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase()
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
