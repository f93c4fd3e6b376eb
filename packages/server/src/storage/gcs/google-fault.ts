import { TimeoutError } from '../provider-calls.ts'

/** Failure of one attempt. */
export interface GoogleFault {
  /** HTTP status; null when there was no response. */
  readonly status: number | null
  /** Message of Google, or the reason why there was no response. Contains no URL: a session URI is a credential. */
  readonly message: string
  /** True when a retry may succeed. */
  readonly isTransient: boolean
}

/** Error response to a request that was made without Google's client. */
export class GoogleResponseError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Statuses that Google recommends to retry: https://cloud.google.com/storage/docs/retry-strategy */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Fields of errors of the client, of its libraries and of `fetch`, which differ. */
interface AnyError {
  readonly status?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly response?: { readonly status?: unknown; readonly data?: unknown }
}

/** Extracts status and message from any error of an attempt, and decides if a retry may succeed. */
export function toGoogleFault(error: unknown): GoogleFault {
  if (typeof error !== 'object' || error === null) {
    return { status: null, message: String(error), isTransient: false }
  }
  const { status, code, response, cause } = error as AnyError
  const httpStatus = [response?.status, status, code].map(Number).find((value) => value >= 100 && value < 600)
  const message = withoutUrls(messageOf(error as AnyError))
  if (httpStatus !== undefined) {
    return { status: httpStatus, message, isTransient: TRANSIENT_STATUSES.has(httpStatus) }
  }
  const hasNoResponse =
    error instanceof TimeoutError || isNetworkError(error as AnyError) || isNetworkError(cause as AnyError)
  return { status: null, message, isTransient: hasNoResponse }
}

/** Returns Google's message if there is one. Errors of `fetch` have the reason only in their cause. */
function messageOf({ message, response, cause }: AnyError): string {
  const googleMessage = (response?.data as { error?: { message?: unknown } } | undefined)?.error?.message
  const reason = (cause as AnyError | undefined)?.message
  return String(googleMessage ?? messageInBody(message) ?? (reason ? `${message}: ${reason}` : message))
}

/** Extracts the message from a JSON body: for a failed read, the message of the client's error is the body. */
function messageInBody(message: unknown): string | null {
  return /"message":\s*"([^"]*)"/.exec(String(message))?.[1] ?? null
}

/** Recognizes error codes of the operating system and of `fetch`, such as ECONNRESET, EAI_AGAIN and UND_ERR_SOCKET. */
function isNetworkError(error: AnyError | undefined): boolean {
  const code = error?.code ?? (error as { type?: unknown } | undefined)?.type
  return (
    /^(E[A-Z]{2,}|EAI_AGAIN|UND_ERR_\w+|request-timeout|ERR_STREAM_PREMATURE_CLOSE)$/.test(String(code)) &&
    code !== 'ENOENT'
  )
}

function withoutUrls(text: string): string {
  return text.replace(/https?:\/\/\S+/g, '…').slice(0, 500)
}

/** Returns true for Google's message about a missing bucket, which has the same status as a missing object. */
export function isMissingBucket(message: string): boolean {
  return /bucket does not exist/i.test(message)
}

/** Returns true when the object is missing, but not when its bucket is. */
export function isMissingObject(error: unknown): boolean {
  const { status, message } = toGoogleFault(error)
  return status === 404 && !isMissingBucket(message)
}

/** Returns true when the object has another generation than requested, or exists although it must not. */
export function isPreconditionFailed(error: unknown): boolean {
  return toGoogleFault(error).status === 412
}
