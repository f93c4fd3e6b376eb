import { TimeoutError } from '../provider-calls.ts'

/** Failure of one attempt. */
export interface S3Fault {
  /** HTTP status; null when there was no response. */
  readonly status: number | null
  /** Code of S3, such as `NoSuchKey`; empty when there is none. */
  readonly code: string
  /** Message of the server, or the reason why there was no response. */
  readonly message: string
  /** True when a retry may succeed. */
  readonly isTransient: boolean
}

/** Statuses and codes to retry: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
])

/** Fields of errors of the client, of its libraries and of Node, which differ. */
interface AnyError {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown }
}

/** Extracts status, code and message from any error of an attempt, and decides if a retry may succeed. */
export function toS3Fault(error: unknown): S3Fault {
  if (typeof error !== 'object' || error === null) {
    return { status: null, code: '', message: String(error), isTransient: false }
  }
  const { name, code, message, $metadata } = error as AnyError
  const text = withoutUrls(String(message))
  const status = Number($metadata?.httpStatusCode)
  if (status >= 300) {
    const isTransient = TRANSIENT_STATUSES.has(status) || TRANSIENT_CODES.has(String(name))
    return { status, code: String(name), message: text, isTransient }
  }
  const hasNoResponse =
    error instanceof TimeoutError ||
    name === 'TimeoutError' ||
    (/^(E[A-Z]{2,}|EAI_AGAIN)$/.test(String(code)) && code !== 'ENOENT')
  // An error in the body of a successful response, as of a long copy, or a body that was cut.
  const isCut = String(name) === 'InternalError' || /aborted|premature|socket hang up/i.test(text)
  return { status: null, code: String(name), message: text, isTransient: hasNoResponse || isCut }
}

/** Returns true when the object, or the upload of parts, is missing. A HEAD response has no code. */
export function isMissing(error: unknown): boolean {
  const { status, code } = toS3Fault(error)
  return status === 404 && code !== 'NoSuchBucket'
}

/** Returns true when the condition of a request was not met. */
export function isPreconditionFailed(error: unknown): boolean {
  return toS3Fault(error).status === 412
}

/** A presigned URL is a credential. */
function withoutUrls(text: string): string {
  return text.replace(/https?:\/\/\S+/g, '…').slice(0, 500)
}
