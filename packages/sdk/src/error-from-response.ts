import type { ErrorCode } from './api-types.ts'
import { ConnectionError, errorClassOf, type WaybillError } from './errors.ts'

interface Envelope {
  readonly code: ErrorCode
  readonly message: string
  readonly system_message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly trace_id: string
}

/** Reads an error response of the API and returns it as an error. The error's texts do not contain `secret`. */
export async function errorFromResponse(response: Response, secret = ''): Promise<WaybillError> {
  const text = withoutSecret(await response.text().catch(() => ''), secret)
  const traceId = response.headers.get('x-request-id')
  const retryAfterMs = retryAfterOf(response)
  const envelope = envelopeOf(text)
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

function envelopeOf(text: string): Envelope | null {
  try {
    const { error } = JSON.parse(text)
    return typeof error?.code === 'string' ? error : null
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
