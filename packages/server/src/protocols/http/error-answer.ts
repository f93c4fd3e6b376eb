import { type ErrorCode, ServiceError } from '../../domain/errors.ts'

interface ErrorKind {
  readonly status: number
  /** Where clients are told of it as another one. */
  readonly wireCode?: ErrorCode
  /** For the person in front of a screen. */
  readonly message: string
}

/** The one table from what went wrong to what HTTP says of it. */
const ERRORS: Readonly<Record<ErrorCode, ErrorKind>> = {
  INVALID_JSON: { status: 400, message: 'The request is not valid JSON.' },
  INVALID_REQUEST: { status: 400, message: 'The request could not be understood.' },
  AUTHENTICATION_REQUIRED: { status: 401, message: 'Please sign in.' },
  INVALID_API_KEY: { status: 401, message: 'The API key is not valid.' },
  API_KEY_EXPIRED: { status: 401, message: 'The API key has expired.' },
  API_KEY_DEACTIVATED: { status: 401, message: 'The API key is deactivated.' },
  API_KEY_PAUSED: { status: 401, message: 'The API key is paused.' },
  TOKEN_INVALID: { status: 401, message: 'The link is not valid, or no longer.' },
  INSUFFICIENT_PERMISSIONS: { status: 403, message: 'The API key does not allow this.' },
  ORGANIZATION_ACCESS_DENIED: { status: 403, message: 'You have no access to this organization.' },
  STORAGE_QUOTA_EXCEEDED: { status: 403, message: 'The storage of your organization is used up.' },
  FILE_NOT_FOUND: { status: 404, message: 'The file was not found.' },
  UPLOAD_NOT_FOUND: { status: 404, message: 'The upload was not found.' },
  API_KEY_NOT_FOUND: { status: 404, message: 'The API key was not found.' },
  ORGANIZATION_NOT_FOUND: { status: 404, message: 'The organization was not found.' },
  NOT_FOUND: { status: 404, message: 'There is nothing here.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This cannot be done here.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  UPLOAD_INCOMPLETE: { status: 409, message: 'The upload is not complete yet.' },
  FILE_ALREADY_REGISTERED: { status: 409, message: 'The file is registered already.' },
  ORGANIZATION_ALREADY_EXISTS: { status: 409, message: 'The organization exists already.' },
  LAST_ADMIN_KEY: { status: 409, message: 'The last key that can manage keys must stay usable.' },
  UPLOAD_FENCED: { status: 409, message: 'A newer request continues this upload.' },
  UPLOAD_SESSION_EXPIRED: { status: 410, message: 'The upload has expired. Please start again.' },
  PRECONDITION_FAILED: { status: 412, message: 'The file has changed.' },
  FILE_TOO_LARGE: { status: 413, message: 'The file is too large.' },
  REQUEST_TOO_LARGE: { status: 413, message: 'The request is too large.' },
  UNSUPPORTED_FILE_TYPE: { status: 415, message: 'Files of this type are not accepted.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'The request has a content type that cannot be read here.',
  },
  RANGE_NOT_SATISFIABLE: { status: 416, message: 'The file has no such part.' },
  VALIDATION_ERROR: { status: 422, message: 'Some of the values are not valid.' },
  FILE_SIZE_MISMATCH: { status: 422, message: 'The file does not have the size that was announced.' },
  FILE_TYPE_MISMATCH: { status: 422, message: 'The file is not of the type that was announced.' },
  CHECKSUM_MISMATCH: { status: 422, message: 'The file was damaged on its way.' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests. Please wait a moment.' },
  // Clients see a rate limit: a later request may succeed, when sessions have ended.
  TOO_MANY_OPEN_UPLOADS: {
    status: 429,
    wireCode: 'RATE_LIMIT_EXCEEDED',
    message: 'Too many uploads are open. Please finish or cancel some.',
  },
  INTERNAL_ERROR: { status: 500, message: 'Something went wrong on our side.' },
  // Clients know it as a fault of the storage; which one it is the operator's log says.
  OBJECT_DAMAGED: {
    status: 503,
    wireCode: 'STORAGE_UNAVAILABLE',
    message: 'The file cannot be read at the moment.',
  },
  STORAGE_UNAVAILABLE: { status: 503, message: 'The storage cannot be reached. Please try again.' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'The service cannot be reached. Please try again.' },
  STORAGE_FULL: { status: 507, message: 'There is no space left.' },
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'authorization_error'],
  [422, 'validation_error'],
  [429, 'rate_limit_error'],
])

/** What is away is mostly back within seconds: a database that restarts, a pool that is full. */
const UNAVAILABLE: Readonly<Record<string, string>> = { 'retry-after': '2' }
/** Retry-After for too many sessions: they end on request or after days, longer than a client should wait. */
const TOO_MANY: Readonly<Record<string, string>> = { 'retry-after': '300' }

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly body: object
}

/** Default headers of every answer: no cache may store it, and no browser may guess its type. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** The envelope of an error. What is not a ServiceError says nothing but that it happened. */
export function errorAnswer(error: unknown, traceId: string, nowMs: number): ErrorAnswer {
  const { error: known, status, headers } = classifyError(error)
  const { message, wireCode = known.code } = ERRORS[known.code]
  const body = {
    success: false,
    error: {
      code: wireCode,
      message,
      system_message: known.message,
      type: TYPES.get(status) ?? (status >= 500 ? 'server_error' : 'client_error'),
      status,
      details: known.details,
      trace_id: traceId,
      timestamp: new Date(nowMs).toISOString(),
    },
  }
  return { status, headers, code: known.code, body }
}

/** A failure as every protocol needs it: the error, its status, and the headers that tell when to retry. */
export interface ClassifiedError {
  readonly error: ServiceError
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** Returns the status and headers of an error. An error of any other type becomes INTERNAL_ERROR without its text. */
export function classifyError(thrown: unknown): ClassifiedError {
  const error =
    thrown instanceof ServiceError
      ? thrown
      : new ServiceError('INTERNAL_ERROR', 'an unexpected fault; the log has it under the trace id')
  const { status } = ERRORS[error.code]
  return { error, status, headers: retryHeaders(error.code, status) }
}

function retryHeaders(code: ErrorCode, status: number): Readonly<Record<string, string>> {
  if (code === 'TOO_MANY_OPEN_UPLOADS') return TOO_MANY
  return status === 503 ? UNAVAILABLE : {}
}
