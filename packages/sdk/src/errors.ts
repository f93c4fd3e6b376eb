import type { ErrorCode } from './api-types.ts'

/** What the service says of an error, as far as it said anything. */
export interface ErrorFacts {
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** For a developer; the error’s `message` is for a person. */
  readonly systemMessage: string
  readonly details: Readonly<Record<string, unknown>>
  /** What the service’s log has the request under, or null where none was answered. */
  readonly traceId: string | null
  /** How long the service asks to wait, or null. */
  readonly retryAfterMs: number | null
}

/** The codes of errors that come from this library and not from the service. */
export type ClientErrorCode =
  | 'CONNECTION_FAILED'
  | 'UNREADABLE_ANSWER'
  | 'UPLOAD_SESSION_LOST'
  | 'UPLOAD_REFUSED'
  | 'FILE_CHANGED'
  | 'SOURCE_UNREADABLE'
  | 'DOWNLOAD_REFUSED'

const NO_FACTS: ErrorFacts = { status: 0, systemMessage: '', details: {}, traceId: null, retryAfterMs: null }

/** What every call of this library rejects with, but for an `AbortSignal`’s own reason and wrong arguments. */
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

/** 401: there is no key, or it is wrong, paused or expired. */
export class AuthenticationError extends WaybillError {}
/** 403: the key or the organization does not allow it. */
export class PermissionError extends WaybillError {}
/** 404 */
export class NotFoundError extends WaybillError {}
/** 409 and 412: it does not fit what is there. */
export class ConflictError extends WaybillError {}
/** 410: the upload’s time is over, or it was cancelled. */
export class UploadExpiredError extends WaybillError {}
/** 413 and 507: too large, for the service or for its disk. */
export class TooLargeError extends WaybillError {}
/** 400, 405, 415, 416 and 422: the request is wrong, and stays so. */
export class ValidationError extends WaybillError {}
/** 429: `retryAfterMs` says how long to wait. */
export class RateLimitError extends WaybillError {}
/** 5xx: the fault is the service’s. */
export class ServerError extends WaybillError {}
/** There was no answer, or one that is none of the service’s. */
export class ConnectionError extends WaybillError {}
/** What arrived is not what was sent: the checksums differ. */
export class ChecksumError extends WaybillError {}
/** The upload session is no more, or refuses to go on. */
export class UploadSessionError extends WaybillError {}
/** Thrown when the file to upload does not exist or cannot be read. */
export class SourceError extends WaybillError {}
/** The file is not the one whose upload was begun. */
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

/** The class of an error that the service answered with. */
export function errorClassOf(status: number, code: string): ErrorClass {
  if (code === 'CHECKSUM_MISMATCH') return ChecksumError
  return CLASSES.get(status) ?? (status >= 500 ? ServerError : ValidationError)
}
