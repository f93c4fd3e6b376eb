import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { ServiceError } from '../../domain/errors.ts'
import {
  DIGEST_ALGORITHMS,
  DIGEST_BYTES,
  type DigestAlgorithm,
  isBase64Of,
} from '../../domain/uploads/checksums.ts'
import type { BodyDigest } from '../../operations/uploads/body-digest.ts'

/** Checksum of the body of one request, in base64. A CRC-32C is that of its big-endian bytes. */
export type UploadChecksum = Readonly<Partial<Record<DigestAlgorithm, string>>>

/**
 * Returns the checksum with which the body of a request is verified: that in the header, or the one that a trailer will
 * have; null for none. Throws INVALID_REQUEST for a header that is malformed or has an unknown algorithm.
 */
export function bodyDigestOf(message: IncomingMessage): BodyDigest | null {
  const header = message.headers['upload-checksum']
  if (header !== undefined) {
    const checksum = parseUploadChecksum(String(header))
    return { algorithms: algorithmsOf(checksum), expected: () => checksum }
  }
  if (!announcesTrailer(message.headers)) return null
  return {
    algorithms: DIGEST_ALGORITHMS,
    expected: () => readUploadChecksum(message.trailers['upload-checksum'] ?? ''),
  }
}

/**
 * Parses `Upload-Checksum`, such as `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=` (tus 1.0, "Upload-Checksum").
 * Throws INVALID_REQUEST when it is malformed or its algorithm is unknown.
 */
export function parseUploadChecksum(text: string): UploadChecksum {
  const checksum = readUploadChecksum(text)
  if (checksum !== null) return checksum
  const rule = `must be one of ${DIGEST_ALGORITHMS.join(', ')}, a space, and the checksum in base64`
  throw new ServiceError('INVALID_REQUEST', `Upload-Checksum ${rule}`)
}

function readUploadChecksum(text: string): UploadChecksum | null {
  const [name, value = '', ...others] = text.split(' ')
  const algorithm = DIGEST_ALGORITHMS.find((known) => known === name)
  if (algorithm === undefined || others.length > 0 || !isBase64Of(DIGEST_BYTES[algorithm], value)) return null
  return { [algorithm]: value }
}

function algorithmsOf(checksum: UploadChecksum): DigestAlgorithm[] {
  return DIGEST_ALGORITHMS.filter((algorithm) => checksum[algorithm] !== undefined)
}

/** Returns true when the request announces `Upload-Checksum` in the trailer of its body. */
export function announcesTrailer({ trailer }: IncomingHttpHeaders): boolean {
  const names = trailer?.split(',').map((name) => name.trim().toLowerCase())
  return names?.includes('upload-checksum') ?? false
}
