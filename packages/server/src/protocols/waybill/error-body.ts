import type { ErrorCode } from '../../domain/errors.ts'
import { classifyError } from '../http/error-status.ts'

/** Response to a failed request, without the headers that every response has. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly body: object
}

/** Codes that clients see as another one. The service's log has the exact code. */
const CLIENT_CODES: ReadonlyMap<ErrorCode, ErrorCode> = new Map([
  // A later request may succeed, when other sessions have ended.
  ['TOO_MANY_OPEN_UPLOADS', 'RATE_LIMIT_EXCEEDED'],
  ['OBJECT_DAMAGED', 'STORAGE_UNAVAILABLE'],
])

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'authorization_error'],
  [422, 'validation_error'],
  [429, 'rate_limit_error'],
])

/** Returns the response to an error, with the error body of the JSON API. */
export function renderError(thrown: unknown, traceId: string, nowMs: number): ErrorResponse {
  const { error, status, message, headers } = classifyError(thrown)
  const body = {
    success: false,
    error: {
      code: CLIENT_CODES.get(error.code) ?? error.code,
      message,
      system_message: error.message,
      type: TYPES.get(status) ?? (status >= 500 ? 'server_error' : 'client_error'),
      status,
      details: error.details,
      trace_id: traceId,
      timestamp: new Date(nowMs).toISOString(),
    },
  }
  return { status, headers, code: error.code, body }
}
