/** Every error of the service. protocols/http/error-status.ts maps each code to its status. */
export type ErrorCode =
  | 'AUTHENTICATION_REQUIRED'
  | 'INVALID_API_KEY'
  | 'API_KEY_EXPIRED'
  | 'API_KEY_DEACTIVATED'
  | 'API_KEY_PAUSED'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'AMBIGUOUS_ORGANIZATION'
  | 'ORGANIZATION_ACCESS_DENIED'
  | 'STORAGE_QUOTA_EXCEEDED'
  | 'FILE_NOT_FOUND'
  | 'UPLOAD_NOT_FOUND'
  | 'API_KEY_NOT_FOUND'
  | 'ORGANIZATION_NOT_FOUND'
  | 'LINK_NOT_FOUND'
  | 'BUCKET_NOT_FOUND'
  | 'VECTOR_STORE_NOT_FOUND'
  | 'FILE_NOT_IN_STORE'
  | 'FILE_BATCH_NOT_FOUND'
  | 'WEBHOOK_NOT_FOUND'
  | 'DELIVERY_NOT_FOUND'
  | 'MEMBER_NOT_FOUND'
  | 'THREAD_NOT_FOUND'
  | 'MESSAGE_NOT_FOUND'
  | 'RESPONSE_NOT_FOUND'
  | 'ASSISTANT_NOT_FOUND'
  | 'MODEL_NOT_FOUND'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_IMPLEMENTED'
  | 'THREAD_BUSY'
  | 'UPLOAD_INCOMPLETE'
  | 'FILE_ALREADY_REGISTERED'
  | 'SCAN_PENDING'
  | 'FILE_ALREADY_PROCESSED'
  | 'ORGANIZATION_ALREADY_EXISTS'
  | 'BUCKET_ALREADY_EXISTS'
  | 'BUCKET_NOT_EMPTY'
  | 'LAST_ADMIN_KEY'
  | 'LAST_OWNER'
  | 'MEMBER_EXISTS'
  | 'MEMBERS_MANAGED_BY_PROVIDER'
  | 'TOO_MANY_LINKS'
  | 'UPLOAD_SESSION_EXPIRED'
  | 'VECTOR_STORE_EXPIRED'
  | 'UPLOAD_FENCED'
  | 'UPLOAD_OFFSET_MISMATCH'
  | 'PRECONDITION_FAILED'
  | 'FILE_TOO_LARGE'
  | 'REQUEST_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'RANGE_NOT_SATISFIABLE'
  | 'UNSUPPORTED_FILE_TYPE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'INVALID_JSON'
  | 'INVALID_REQUEST'
  | 'VALIDATION_ERROR'
  | 'FILE_SIZE_MISMATCH'
  | 'FILE_TYPE_MISMATCH'
  | 'CHECKSUM_MISMATCH'
  | 'FILE_REJECTED'
  | 'CONTEXT_LENGTH_EXCEEDED'
  | 'MODEL_REQUEST_REFUSED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'TOO_MANY_OPEN_UPLOADS'
  | 'INTERNAL_ERROR'
  | 'OBJECT_DAMAGED'
  | 'STORAGE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'SERVICE_UNAVAILABLE'
  | 'MODEL_SERVER_ERROR'
  | 'MODEL_SERVER_TIMEOUT'
  | 'MODEL_SERVER_NOT_CONFIGURED'

export type ErrorDetails = Readonly<Record<string, unknown>>

/**
 * The only error that the service throws on purpose. `message` is written for the developer who reads a log or a
 * response. `details` are facts of the caller's own request, and nothing internal.
 */
export class ServiceError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ServiceError'
    this.code = code
    this.details = details
  }
}
