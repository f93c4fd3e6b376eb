/** What Google said, or did not, of one attempt. */
export interface GoogleFault {
  /** Null where no answer came. */
  readonly status: number | null
  /** Google's own words, or why there was no answer. Never a URL: a session URI is a credential. */
  readonly message: string
  /** Whether the same request may well succeed a moment later. */
  readonly isTransient: boolean
}

/** An answer that is not what was asked for, of a request that was made without Google's client. */
export class GoogleAnswerError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** An attempt that has taken longer than it may. */
export class TimeoutError extends Error {}

/** Google's list of what to retry: https://cloud.google.com/storage/docs/retry-strategy */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** The client, the libraries below it and `fetch` each have their own form of error. */
interface AnyError {
  readonly status?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly response?: { readonly status?: unknown; readonly data?: unknown }
}

export function toGoogleFault(error: unknown): GoogleFault {
  if (typeof error !== 'object' || error === null) {
    return { status: null, message: String(error), isTransient: false }
  }
  const { status, code, response, cause } = error as AnyError
  const answered = [response?.status, status, code].map(Number).find((value) => value >= 100 && value < 600)
  const message = withoutUrls(messageOf(error as AnyError))
  if (answered !== undefined) {
    return { status: answered, message, isTransient: TRANSIENT_STATUSES.has(answered) }
  }
  const isUnanswered =
    error instanceof TimeoutError || isOfTheNetwork(error as AnyError) || isOfTheNetwork(cause as AnyError)
  return { status: null, message, isTransient: isUnanswered }
}

/** `fetch` says what happened only in the cause. */
function messageOf({ message, response, cause }: AnyError): string {
  const said = (response?.data as { error?: { message?: unknown } } | undefined)?.error?.message
  const behind = (cause as AnyError | undefined)?.message
  return String(said ?? saidInBody(message) ?? (behind ? `${message}: ${behind}` : message))
}

/** Where bytes were asked for, the client's message is the whole body. */
function saidInBody(message: unknown): string | null {
  return /"message":\s*"([^"]*)"/.exec(String(message))?.[1] ?? null
}

/** Codes of the system and of `fetch`, such as ECONNRESET, EAI_AGAIN and UND_ERR_SOCKET. */
function isOfTheNetwork(error: AnyError | undefined): boolean {
  const code = error?.code ?? (error as { type?: unknown } | undefined)?.type
  return (
    /^(E[A-Z]{2,}|EAI_AGAIN|UND_ERR_\w+|request-timeout|ERR_STREAM_PREMATURE_CLOSE)$/.test(String(code)) &&
    code !== 'ENOENT'
  )
}

function withoutUrls(text: string): string {
  return text.replace(/https?:\/\/\S+/g, '…').slice(0, 500)
}

/** What Google says of a bucket that is not there; of an object it says the same status. */
export function isOfBucket(message: string): boolean {
  return /bucket does not exist/i.test(message)
}

/** Google answers 404 for a bucket that is not there as well. */
export function isNoObject(error: unknown): boolean {
  const { status, message } = toGoogleFault(error)
  return status === 404 && !isOfBucket(message)
}

/** The object has another generation than the one that was asked for, or has one at all. */
export function isOtherVersion(error: unknown): boolean {
  return toGoogleFault(error).status === 412
}
