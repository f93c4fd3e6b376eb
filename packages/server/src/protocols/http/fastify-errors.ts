import { type ErrorCode, ServiceError } from '../../domain/errors.ts'

/** What Fastify itself refuses, before an operation is reached. */
const CODES: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['FST_ERR_BAD_URL', 'NOT_FOUND'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'REQUEST_TOO_LARGE'],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'INVALID_JSON'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'INVALID_REQUEST'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'INVALID_JSON'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
])

/** The service's own error for one of Fastify's; any other error stays as it is. */
export function toServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error
  const code = isBrokenOff(error) ? 'INVALID_REQUEST' : 'code' in error ? CODES.get(error.code) : undefined
  return code ? new ServiceError(code, error.message) : error
}

/** Node's own errors where the client has gone, in its body or before the first byte of a file: nothing failed here. */
function isBrokenOff(error: Error): boolean {
  if (!('code' in error)) return false
  return (
    error.code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    (error.code === 'ECONNRESET' && error.message === 'aborted')
  )
}
