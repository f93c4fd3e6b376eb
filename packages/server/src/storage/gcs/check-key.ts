import { ServiceError } from '../../domain/errors.ts'

/** https://cloud.google.com/storage/docs/objects#naming */
const MAX_KEY_BYTES = 1024

/** Throws VALIDATION_ERROR when the name, prefix included, is too long for Google. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return
  throw new ServiceError('VALIDATION_ERROR', 'filename is too long for this storage', { field: 'filename' })
}
