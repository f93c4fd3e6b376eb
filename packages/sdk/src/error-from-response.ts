import type { ErrorCode } from './api-types.ts'
import { ConnectionError, errorClassOf, type WaybillError } from './errors.ts'

interface Envelope {
  readonly code: ErrorCode
  readonly message: string
  readonly system_message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly trace_id: string
}

/** Reads an error response of the API and returns it as an error. No text of it contains `secret`. */
export async function errorOfAnswer(answer: Response, secret = ''): Promise<WaybillError> {
  const text = withoutSecret(await answer.text().catch(() => ''), secret)
  const traceId = answer.headers.get('x-request-id')
  const retryAfterMs = retryAfterOf(answer)
  const envelope = envelopeOf(text)
  if (envelope === null) {
    // Something in between answered: a proxy, or another service.
    const message = `The service answered ${answer.status} without saying why.`
    const facts = { status: answer.status, systemMessage: text.slice(0, 500), traceId, retryAfterMs }
    const Class = answer.status >= 400 ? errorClassOf(answer.status, '') : ConnectionError
    return new Class('UNREADABLE_ANSWER', message, facts)
  }
  const { code, message, system_message, details, trace_id } = envelope
  const Class = errorClassOf(answer.status, code)
  return new Class(code, message, {
    status: answer.status,
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

/** What `Retry-After` asks for, in seconds or as a date; null without one. */
export function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get('retry-after')
  if (text === null) return null
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds)
}
