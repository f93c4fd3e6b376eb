import { type ErrorCode, ServiceError } from '../../domain/errors.ts'

/** Status and message of an error code. The message is for people; `ServiceError.message` is for developers. */
interface ErrorStatus {
  readonly status: number
  readonly message: string
}

/** HTTP status and message of every error code. */
const ERRORS: Readonly<Record<ErrorCode, ErrorStatus>> = {
  INVALID_JSON: { status: 400, message: 'The request body is not valid JSON.' },
  INVALID_REQUEST: { status: 400, message: 'The request is malformed.' },
  AUTHENTICATION_REQUIRED: { status: 401, message: 'An API key is required.' },
  INVALID_API_KEY: { status: 401, message: 'The API key is not valid.' },
  API_KEY_EXPIRED: { status: 401, message: 'The API key has expired.' },
  API_KEY_DEACTIVATED: { status: 401, message: 'The API key is deactivated.' },
  API_KEY_PAUSED: { status: 401, message: 'The API key is paused.' },
  TOKEN_INVALID: { status: 401, message: 'The token is not valid.' },
  TOKEN_EXPIRED: { status: 401, message: 'The token has expired.' },
  INSUFFICIENT_PERMISSIONS: {
    status: 403,
    message: 'The API key or the role does not allow this operation.',
  },
  AMBIGUOUS_ORGANIZATION: { status: 403, message: 'The request must name an organization.' },
  ORGANIZATION_ACCESS_DENIED: { status: 403, message: 'Access to this organization is denied.' },
  STORAGE_QUOTA_EXCEEDED: { status: 403, message: 'The storage quota of the organization is exceeded.' },
  BUCKET_NOT_FOUND: { status: 404, message: 'The bucket was not found.' },
  VECTOR_STORE_NOT_FOUND: { status: 404, message: 'The vector store was not found.' },
  FILE_NOT_IN_STORE: { status: 404, message: 'The file is not in this vector store.' },
  FILE_BATCH_NOT_FOUND: { status: 404, message: 'The file batch was not found.' },
  FILE_NOT_FOUND: { status: 404, message: 'The file was not found.' },
  LINK_NOT_FOUND: { status: 404, message: 'The link was not found.' },
  UPLOAD_NOT_FOUND: { status: 404, message: 'The upload was not found.' },
  API_KEY_NOT_FOUND: { status: 404, message: 'The API key was not found.' },
  ORGANIZATION_NOT_FOUND: { status: 404, message: 'The organization was not found.' },
  WEBHOOK_NOT_FOUND: { status: 404, message: 'The webhook was not found.' },
  MEMBER_NOT_FOUND: { status: 404, message: 'The member was not found.' },
  DELIVERY_NOT_FOUND: { status: 404, message: 'The delivery was not found.' },
  THREAD_NOT_FOUND: { status: 404, message: 'The thread was not found.' },
  MESSAGE_NOT_FOUND: { status: 404, message: 'The message was not found.' },
  RESPONSE_NOT_FOUND: { status: 404, message: 'The response was not found.' },
  ASSISTANT_NOT_FOUND: { status: 404, message: 'The assistant was not found.' },
  MODEL_NOT_FOUND: { status: 404, message: 'The model was not found.' },
  NOT_FOUND: { status: 404, message: 'The URL was not found.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'The URL does not support this method.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  THREAD_BUSY: { status: 409, message: 'Another response is running in this thread.' },
  UPLOAD_INCOMPLETE: { status: 409, message: 'The upload is not complete yet.' },
  SCAN_PENDING: { status: 409, message: 'The scan of the file is not finished. Repeat the request.' },
  FILE_ALREADY_PROCESSED: { status: 409, message: 'The file is already processed.' },
  FILE_ALREADY_REGISTERED: { status: 409, message: 'The file is already registered.' },
  ORGANIZATION_ALREADY_EXISTS: { status: 409, message: 'The organization already exists.' },
  BUCKET_ALREADY_EXISTS: { status: 409, message: 'The name of the bucket is taken.' },
  BUCKET_NOT_EMPTY: { status: 409, message: 'The bucket is not empty.' },
  LAST_ADMIN_KEY: { status: 409, message: 'The organization needs at least one active admin key.' },
  LAST_OWNER: { status: 409, message: 'The organization needs at least one owner.' },
  MEMBER_EXISTS: { status: 409, message: 'The user is a member already, or invited.' },
  MEMBERS_MANAGED_BY_PROVIDER: {
    status: 409,
    message: 'The sign-in provider decides about members and their roles.',
  },
  TOO_MANY_LINKS: { status: 409, message: 'The file has too many links. Delete some of them.' },
  UPLOAD_FENCED: { status: 409, message: 'A newer request continues this upload.' },
  UPLOAD_OFFSET_MISMATCH: { status: 409, message: 'The upload continues at another offset.' },
  VECTOR_STORE_EXPIRED: { status: 410, message: 'The vector store has expired.' },
  UPLOAD_SESSION_EXPIRED: { status: 410, message: 'The upload session has ended. Start a new upload.' },
  PRECONDITION_FAILED: { status: 412, message: 'The file does not match the precondition.' },
  FILE_TOO_LARGE: { status: 413, message: 'The file is too large.' },
  REQUEST_TOO_LARGE: { status: 413, message: 'The request is too large.' },
  UNSUPPORTED_FILE_TYPE: { status: 415, message: 'Files of this type are not accepted.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The content type of the request is not supported.' },
  RANGE_NOT_SATISFIABLE: { status: 416, message: 'The requested range is outside the file.' },
  VALIDATION_ERROR: { status: 422, message: 'A value in the request is not valid.' },
  FILE_SIZE_MISMATCH: { status: 422, message: 'The size of the file differs from the declared size.' },
  FILE_TYPE_MISMATCH: { status: 422, message: 'The content of the file contradicts the declared type.' },
  CHECKSUM_MISMATCH: { status: 422, message: 'The checksum does not match. Upload the file again.' },
  FILE_REJECTED: { status: 422, message: 'The scan of the file has rejected it.' },
  CONTEXT_LENGTH_EXCEEDED: { status: 422, message: 'The input is too long for the model.' },
  MODEL_REQUEST_REFUSED: { status: 422, message: 'The model server refused the request.' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests. Try again later.' },
  TOO_MANY_OPEN_UPLOADS: {
    status: 429,
    message: 'Too many uploads are unfinished. Finish or cancel some of them.',
  },
  INTERNAL_ERROR: { status: 500, message: 'An internal error occurred.' },
  NOT_IMPLEMENTED: { status: 501, message: 'The service does not support a part of the request.' },
  OBJECT_DAMAGED: { status: 503, message: 'The file cannot be read at the moment.' },
  STORAGE_UNAVAILABLE: { status: 503, message: 'The storage is unavailable. Try again later.' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'The service is unavailable. Try again later.' },
  MODEL_SERVER_ERROR: { status: 502, message: 'The model server failed.' },
  MODEL_SERVER_NOT_CONFIGURED: { status: 503, message: 'No model server is configured.' },
  MODEL_SERVER_TIMEOUT: { status: 504, message: 'The model server did not answer in time.' },
  STORAGE_FULL: { status: 507, message: 'The storage of the service is full.' },
}

/**
 * Returns true for errors that the log has at the level of errors, about which operators are alerted. 501 tells of a request
 * for what the service does not have.
 */
export function isFault(status: number, code: string | null = null): boolean {
  return status >= 500 && status !== 501 && !needsSetting(code)
}

/** Returns true for the error of a request that needs a setting of the operator. */
export function needsSetting(code: string | null): boolean {
  return code === 'MODEL_SERVER_NOT_CONFIGURED'
}

/** Retry-After of transient errors, such as a database restart or a full connection pool. They last seconds. */
const UNAVAILABLE: Readonly<Record<string, string>> = { 'retry-after': '2' }
/** Retry-After for too many sessions: they end on request or after days, longer than a client should wait. */
const TOO_MANY: Readonly<Record<string, string>> = { 'retry-after': '300' }

/** Error with everything that a protocol needs to render it. */
export interface ClassifiedError {
  readonly error: ServiceError
  readonly status: number
  /** Text for people. */
  readonly message: string
  /** Headers that say when to retry. */
  readonly headers: Readonly<Record<string, string>>
}

/** Classifies an error. An error of any other type than ServiceError becomes INTERNAL_ERROR without its text. */
export function classifyError(thrown: unknown): ClassifiedError {
  const error =
    thrown instanceof ServiceError
      ? thrown
      : new ServiceError('INTERNAL_ERROR', 'an unexpected fault; the log has it under the trace id')
  const { status, message } = ERRORS[error.code]
  return { error, status, message, headers: retryHeaders(error, status) }
}

function retryHeaders({ code, details }: ServiceError, status: number): Readonly<Record<string, string>> {
  // Only the operator can help.
  if (code === 'MODEL_SERVER_NOT_CONFIGURED') return { 'x-should-retry': 'false' }
  if (code === 'RATE_LIMIT_EXCEEDED' && typeof details.retryAfterSeconds === 'number')
    return { 'retry-after': String(details.retryAfterSeconds) }
  if (code === 'TOO_MANY_OPEN_UPLOADS') return TOO_MANY
  return status === 503 || code === 'SCAN_PENDING' ? UNAVAILABLE : {}
}

/** Codes that clients see as another one. The service's log has the exact code. */
const CLIENT_CODES: ReadonlyMap<ErrorCode, ErrorCode> = new Map([
  // A later request may succeed, when other sessions have ended.
  ['TOO_MANY_OPEN_UPLOADS', 'RATE_LIMIT_EXCEEDED'],
  ['OBJECT_DAMAGED', 'STORAGE_UNAVAILABLE'],
])

/** Returns the code that clients see. */
export function clientCodeOf(code: ErrorCode): ErrorCode {
  return CLIENT_CODES.get(code) ?? code
}
