import type { ErrorCode } from '../../domain/errors.ts'
import { classifyError } from '../http/error-status.ts'
import { S3_ERRORS, type S3ErrorCode } from './error-codes.ts'
import { problem, type S3Problem } from './problem.ts'

/** Codes of S3 for the errors of the service that a request of S3 can cause. All others follow from their status. */
const CODES: Readonly<Partial<Record<ErrorCode, S3ErrorCode>>> = {
  AUTHENTICATION_REQUIRED: 'AccessDenied',
  INVALID_API_KEY: 'InvalidAccessKeyId',
  FILE_NOT_FOUND: 'NoSuchKey',
  UPLOAD_NOT_FOUND: 'NoSuchUpload',
  UPLOAD_SESSION_EXPIRED: 'NoSuchUpload',
  BUCKET_NOT_FOUND: 'NoSuchBucket',
  BUCKET_ALREADY_EXISTS: 'BucketAlreadyExists',
  BUCKET_NOT_EMPTY: 'BucketNotEmpty',
  STORAGE_QUOTA_EXCEEDED: 'QuotaExceeded',
  UPLOAD_FENCED: 'OperationAborted',
  THREAD_BUSY: 'OperationAborted',
  UPLOAD_INCOMPLETE: 'IncompleteBody',
  FILE_SIZE_MISMATCH: 'IncompleteBody',
  CHECKSUM_MISMATCH: 'BadDigest',
  FILE_TOO_LARGE: 'EntityTooLarge',
  REQUEST_TOO_LARGE: 'EntityTooLarge',
  REQUEST_TIMEOUT: 'RequestTimeout',
  FILE_REJECTED: 'InvalidRequest',
  RATE_LIMIT_EXCEEDED: 'SlowDown',
  TOO_MANY_OPEN_UPLOADS: 'SlowDown',
  METHOD_NOT_ALLOWED: 'MethodNotAllowed',
  NOT_IMPLEMENTED: 'NotImplemented',
  RANGE_NOT_SATISFIABLE: 'InvalidRange',
  PRECONDITION_FAILED: 'PreconditionFailed',
  INTERNAL_ERROR: 'InternalError',
  STORAGE_FULL: 'InsufficientStorage',
}

/** Response to a failed request, without its XML. */
export interface S3ErrorAnswer {
  readonly problem: S3Problem
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Code of the service, for the audit log and the log of requests. */
  readonly serviceCode: ErrorCode
}

/** Codes for the statuses of errors that are not in the table. */
const CODES_BY_STATUS: ReadonlyMap<number, S3ErrorCode> = new Map([
  [401, 'AccessDenied'],
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [409, 'OperationAborted'],
  [415, 'InvalidArgument'],
  [422, 'InvalidArgument'],
  [503, 'ServiceUnavailable'],
])

/** Codes whose message says what is wrong with this request. */
const SPECIFIC: ReadonlySet<S3ErrorCode> = new Set([
  'InvalidArgument',
  'InvalidRequest',
  'EntityTooLarge',
  'AccessDenied',
  'MethodNotAllowed',
])

/** Returns the answer to a problem that the protocol found by itself. */
export function answerProblem(found: S3Problem): S3ErrorAnswer {
  const { code } = found
  const { status, message } = S3_ERRORS[code]
  return {
    problem: { ...found, message: found.message || message },
    status,
    headers: {},
    serviceCode: serviceCodeOf(status, code),
  }
}

/** Returns the answer to an error that an operation threw. */
export function answerError(thrown: unknown): S3ErrorAnswer {
  const { error, status: ownStatus, message: publicMessage, headers } = classifyError(thrown)
  const code = CODES[error.code] ?? CODES_BY_STATUS.get(ownStatus) ?? fallback(ownStatus)
  const { status, message } = S3_ERRORS[code]
  const isPrivate = status >= 500 || ownStatus === 401
  const specific = isPrivate ? publicMessage : error.message
  return {
    problem: problem(code, SPECIFIC.has(code) ? specific : message),
    status,
    headers,
    serviceCode: error.code,
  }
}

function fallback(status: number): S3ErrorCode {
  return status < 500 ? 'InvalidRequest' : 'InternalError'
}

/** Returns the code that the audit log has for a refusal of the protocol. */
function serviceCodeOf(status: number, code: S3ErrorCode): ErrorCode {
  if (code === 'InvalidAccessKeyId' || code === 'SignatureDoesNotMatch') return 'INVALID_API_KEY'
  if (code === 'PreconditionFailed') return 'PRECONDITION_FAILED'
  if (code === 'BadDigest' || code === 'XAmzContentSHA256Mismatch') return 'CHECKSUM_MISMATCH'
  if (code === 'SlowDown') return 'RATE_LIMIT_EXCEEDED'
  if (code === 'ServiceUnavailable') return 'SERVICE_UNAVAILABLE'
  if (status === 403) return 'INSUFFICIENT_PERMISSIONS'
  if (status === 404) return code === 'NoSuchUpload' ? 'UPLOAD_NOT_FOUND' : 'FILE_NOT_FOUND'
  if (status === 405) return 'METHOD_NOT_ALLOWED'
  if (status === 416) return 'RANGE_NOT_SATISFIABLE'
  return status < 500 || status === 501 ? 'INVALID_REQUEST' : 'INTERNAL_ERROR'
}
