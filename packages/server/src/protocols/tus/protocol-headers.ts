import type { DigestAlgorithm } from '../../domain/uploads/checksums.ts'
import type { Limits } from '../../operations/context.ts'

export const TUS_VERSION = '1.0.0'

const EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'expiration',
  'checksum',
  'checksum-trailer',
  'termination',
  'concatenation',
]

/** Algorithms of `Upload-Checksum`, first the one that every server of tus has. */
const CHECKSUM_ALGORITHMS: readonly DigestAlgorithm[] = ['sha1', 'sha256', 'crc32c', 'md5', 'sha512']

/** Returns the headers with which the protocol describes itself in the response to OPTIONS (tus 1.0, "OPTIONS"). */
export function describeTus({ maxFileBytes }: Limits): Readonly<Record<string, string>> {
  return {
    'tus-resumable': TUS_VERSION,
    'tus-version': TUS_VERSION,
    'tus-extension': EXTENSIONS.join(','),
    'tus-max-size': String(maxFileBytes),
    'tus-checksum-algorithm': CHECKSUM_ALGORITHMS.join(','),
  }
}

/** Returns the header that tells the largest size with a refusal of a larger one, as the IETF protocol does. */
export function limitHeader(maxSizeBytes: number): Readonly<Record<string, string>> {
  return { 'upload-limit': `max-size=${maxSizeBytes}` }
}
