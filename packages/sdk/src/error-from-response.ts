import type { ErrorCode } from './api-types.ts'
import { ConnectionError, errorClassOf, type WaybillError } from './errors.ts'

interface Envelope {
  readonly code: ErrorCode
  readonly message: string
  readonly system_message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly trace_id: string | null
}

/** Codes of errors in the form of the OpenAI API, which has other codes. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [400, 'INVALID_REQUEST'],
  [401, 'INVALID_API_KEY'],
  [403, 'INSUFFICIENT_PERMISSIONS'],
  [429, 'RATE_LIMIT_EXCEEDED'],
  [502, 'MODEL_SERVER_ERROR'],
  [504, 'MODEL_SERVER_TIMEOUT'],
])

/** Reads an error response of the API and returns it as an error. The error's texts do not contain `secret`. */
export async function errorFromResponse(response: Response, secret = ''): Promise<WaybillError> {
  const text = withoutSecret(await response.text().catch(() => ''), secret)
  const traceId = response.headers.get('x-request-id')
  const retryAfterMs = retryAfterOf(response)
  const envelope = envelopeOf(text, response.status)
  if (envelope === null) {
    // The response comes from a proxy or from another service.
    const message = `The service responded with ${response.status} and no error message.`
    const facts = { status: response.status, systemMessage: text.slice(0, 500), traceId, retryAfterMs }
    const ErrorClass = response.status >= 400 ? errorClassOf(response.status, '') : ConnectionError
    return new ErrorClass('UNREADABLE_ANSWER', message, facts)
  }
  const { code, message, system_message, details, trace_id } = envelope
  const ErrorClass = errorClassOf(response.status, code)
  return new ErrorClass(code, message, {
    status: response.status,
    systemMessage: system_message,
    details,
    traceId: trace_id ?? traceId,
    retryAfterMs,
  })
}

/** Removes the secret: the error page of a proxy may echo the request headers. */
export function withoutSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '[hidden]')
}

/** Returns the error of a body in the form of the JSON API or of the OpenAI API; null for other bodies. */
function envelopeOf(text: string, status: number): Envelope | null {
  try {
    const { error } = JSON.parse(text)
    if (typeof error?.system_message === 'string') return error
    const code = CODES.get(status)
    if (code === undefined || typeof error?.message !== 'string') return null
    return { code, message: error.message, system_message: error.message, details: {}, trace_id: null }
  } catch {
    return null
  }
}

/** Returns the wait in milliseconds that `Retry-After` requests, as seconds or as a date; null without the header. */
export function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get('retry-after')
  if (text === null) return null
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds)
}
