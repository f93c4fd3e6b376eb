import type { ErrorCode } from '../../domain/errors.ts'
import { classifyError } from '../http/error-status.ts'
import { protocolError, type SessionAnswer } from './session-answer.ts'

/** Reasons in Google's JSON API for error codes of this service. */
const REASONS: ReadonlyMap<ErrorCode, string> = new Map([
  ['STORAGE_FULL', 'insufficientStorage'],
  ['ORGANIZATION_ACCESS_DENIED', 'forbidden'],
  ['METHOD_NOT_ALLOWED', 'methodNotAllowed'],
])

/** Returns the response of a session URI to an error, in the form of Google's JSON API. */
export function protocolErrorOf(thrown: unknown): SessionAnswer & { readonly code: ErrorCode } {
  const { error, status, headers } = classifyError(thrown)
  const reason = REASONS.get(error.code) ?? (status < 500 ? 'invalid' : 'backendError')
  const answer = protocolError(status, reason, error.message)
  return { ...answer, headers: { ...answer.headers, ...headers }, code: error.code }
}
