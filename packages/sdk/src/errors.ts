import type { ErrorCode } from './api-types.ts'

/** Details of an error. Fields that the response does not have are empty, 0 or null. */
export interface ErrorFacts {
  /** HTTP status; 0 when there was no response. */
  readonly status: number
  /** Message for developers; the error's `message` is for users. */
  readonly systemMessage: string
  readonly details: Readonly<Record<string, unknown>>
  /** Id of the request in the service's log; null when the response has none. */
  readonly traceId: string | null
  /** Wait that the service requests before a retry; null when it requests none. */
  readonly retryAfterMs: number | null
}

/** Codes of errors that this library reports and not the service. */
export type ClientErrorCode =
  | 'CONNECTION_FAILED'
  | 'UNREADABLE_ANSWER'
  | 'UPLOAD_SESSION_LOST'
  | 'UPLOAD_REFUSED'
  | 'FILE_CHANGED'
  | 'SOURCE_UNREADABLE'
  | 'DOWNLOAD_REFUSED'

const NO_FACTS: ErrorFacts = { status: 0, systemMessage: '', details: {}, traceId: null, retryAfterMs: null }

/**
 * Base class of all errors of this library, except for wrong arguments (`TypeError`, `RangeError`) and the reason of
 * an aborted `AbortSignal`.
 */
export class WaybillError extends Error implements ErrorFacts {
  readonly code: ErrorCode | ClientErrorCode
  readonly status: number
  readonly systemMessage: string
  readonly details: Readonly<Record<string, unknown>>
  readonly traceId: string | null
  readonly retryAfterMs: number | null

  constructor(
    code: ErrorCode | ClientErrorCode,
    message: string,
    facts: Partial<ErrorFacts> & { readonly cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause })
    const { status, systemMessage, details, traceId, retryAfterMs } = { ...NO_FACTS, ...facts }
    this.name = new.target.name
    this.code = code
    this.status = status
    this.systemMessage = systemMessage
    this.details = details
    this.traceId = traceId
    this.retryAfterMs = retryAfterMs
  }
}

/** 401: the key is missing, unknown, paused, deactivated or expired. */
export class AuthenticationError extends WaybillError {}
/** 403: the key's scopes or the organization do not allow the request. */
export class PermissionError extends WaybillError {}
/** 404: the resource does not exist. */
export class NotFoundError extends WaybillError {}
/** 409 and 412: the request conflicts with the current state. */
export class ConflictError extends WaybillError {}
/** 410: the upload has expired or was cancelled. */
export class UploadExpiredError extends WaybillError {}
/** 410: the vector store has expired. */
export class VectorStoreExpiredError extends WaybillError {}
/** 413 and 507: the body is too large for the service, or the service's disk is full. */
export class TooLargeError extends WaybillError {}
/** 400, 405, 415, 416 and 422: the request is invalid. A retry fails too. */
export class ValidationError extends WaybillError {}
/** 429: too many requests. `retryAfterMs` is the time to wait. */
export class RateLimitError extends WaybillError {}
/** 5xx: an error in the service. */
export class ServerError extends WaybillError {}
/** Error of a request that got no response, or a response that is not from the service. */
export class ConnectionError extends WaybillError {}
/** The checksums differ: the received bytes are not the sent bytes. */
export class ChecksumError extends WaybillError {}
/** The upload session does not exist any more, or refused a request. */
export class UploadSessionError extends WaybillError {}
/** Thrown when the file to upload does not exist or cannot be read. */
export class SourceError extends WaybillError {}
/** The file has changed since its upload began. */
export class FileChangedError extends WaybillError {}

type ErrorClass = typeof WaybillError

const CLASSES: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [401, AuthenticationError],
  [403, PermissionError],
  [404, NotFoundError],
  [409, ConflictError],
  [410, UploadExpiredError],
  [412, ConflictError],
  [413, TooLargeError],
  [429, RateLimitError],
  [507, TooLargeError],
])

/** Returns the class for an error response of the service. */
export function errorClassOf(status: number, code: string): ErrorClass {
  if (code === 'CHECKSUM_MISMATCH') return ChecksumError
  if (code === 'VECTOR_STORE_EXPIRED') return VectorStoreExpiredError
  return CLASSES.get(status) ?? (status >= 500 ? ServerError : ValidationError)
}
