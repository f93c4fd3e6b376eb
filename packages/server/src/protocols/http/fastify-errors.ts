import { type ErrorCode, ServiceError } from '../../domain/errors.ts'

/** Codes for errors that Fastify throws before it calls a handler. */
const CODES: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['FST_ERR_BAD_URL', 'NOT_FOUND'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'REQUEST_TOO_LARGE'],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'INVALID_JSON'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'INVALID_REQUEST'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'INVALID_JSON'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
])

/** Returns the service's error for an error of Fastify, or of a client that has disconnected; other errors unchanged. */
export function toServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error
  const code = isClientGone(error) ? 'INVALID_REQUEST' : 'code' in error ? CODES.get(error.code) : undefined
  return code ? new ServiceError(code, error.message) : error
}

/** Returns true for Node's errors when the client has disconnected during the request or before the response. */
function isClientGone(error: Error): boolean {
  if (!('code' in error)) return false
  return (
    error.code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    (error.code === 'ECONNRESET' && error.message === 'aborted')
  )
}
