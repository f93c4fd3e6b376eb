import { ServiceError } from '../../domain/errors.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024

/**
 * Returns the key of a name, without the prefix. Segments `.` and `..` are encoded, because proxies and servers fold or
 * refuse them; so is `%`, which keeps the mapping unambiguous.
 */
export function keyOf(name: string): string {
  const encoded = name.replaceAll('%', '%25')
  const segments = encoded
    .split('/')
    .map((segment) => (/^\.{1,2}$/.test(segment) ? escapeDots(segment) : segment))
  return segments.join('/')
}

/** Returns the name of a key that `keyOf` returned. */
export function nameOf(key: string): string {
  return key.replaceAll('%2E', '.').replaceAll('%25', '%')
}

/** Throws VALIDATION_ERROR when the key, prefix included, is too long for S3. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return
  throw new ServiceError('VALIDATION_ERROR', 'filename is too long for this storage', { field: 'filename' })
}

function escapeDots(segment: string): string {
  return segment.replaceAll('.', '%2E')
}
