import type { IncomingHttpHeaders } from 'node:http'
import { ServiceError } from '../../domain/errors.ts'

/** Content type of bytes in PATCH and POST. */
const BYTES_TYPE = 'application/offset+octet-stream'

/**
 * Returns a header with a number of bytes, from 0 to 2^53 − 1 (tus 1.0, "Upload-Offset" and "Upload-Length"); null when
 * it is missing. Throws INVALID_REQUEST for any other value.
 */
export function readBytesHeader(
  headers: IncomingHttpHeaders,
  name: 'upload-offset' | 'upload-length',
): number | null {
  const text = headers[name]
  if (text === undefined) return null
  const bytes = Number(text)
  if (typeof text === 'string' && /^\d{1,16}$/.test(text) && Number.isSafeInteger(bytes)) return bytes
  throw new ServiceError('INVALID_REQUEST', `${name} must be an integer from 0 to 9007199254740991`)
}

/**
 * Returns the length that a creation declares; null when it is deferred (tus 1.0, "Creation").
 * Throws INVALID_REQUEST unless exactly one of `Upload-Length` and `Upload-Defer-Length: 1` is there.
 */
export function readDeclaredLength(headers: IncomingHttpHeaders): number | null {
  const length = readBytesHeader(headers, 'upload-length')
  const deferred = headers['upload-defer-length']
  if (deferred !== undefined && deferred !== '1') {
    throw new ServiceError('INVALID_REQUEST', 'upload-defer-length must be 1')
  }
  if ((length === null) === (deferred === undefined)) {
    throw new ServiceError('INVALID_REQUEST', 'send either upload-length or upload-defer-length: 1')
  }
  return length
}

/** Throws UNSUPPORTED_MEDIA_TYPE unless the type is that of bytes for an upload. */
export function checkBytesType(contentType: string | null): void {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() === BYTES_TYPE) return
  throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', `the content type must be ${BYTES_TYPE}`)
}
