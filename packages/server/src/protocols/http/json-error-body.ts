import type { ErrorCode } from '../../domain/errors.ts'
import { classifyError, clientCodeOf } from './error-status.ts'

/** Response to a failed request, without the headers that every response has. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly body: object
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'authorization_error'],
  [422, 'validation_error'],
  [429, 'rate_limit_error'],
])

/**
 * Returns the response to an error, with the error body of the JSON API. A protocol that has another status for the error
 * names it.
 */
export function renderError(
  thrown: unknown,
  traceId: string,
  nowMs: number,
  otherStatus: number | null = null,
): ErrorResponse {
  const { error, status: usualStatus, message, headers } = classifyError(thrown)
  const status = otherStatus ?? usualStatus
  // The kind of problem is for protocols with a code for each kind.
  const { problem: _problem, ...details } = error.details
  const body = {
    success: false,
    error: {
      code: clientCodeOf(error.code),
      message,
      system_message: error.message,
      type: TYPES.get(status) ?? (status >= 500 ? 'server_error' : 'client_error'),
      status,
      details,
      trace_id: traceId,
      timestamp: new Date(nowMs).toISOString(),
    },
  }
  return { status, headers, code: error.code, body }
}
