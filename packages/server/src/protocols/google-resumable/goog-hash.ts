import { DIGEST_BYTES, type DigestAlgorithm, isBase64Of } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, NO_HASHES } from '../../domain/uploads/upload-session.ts'

/**
 * Parses `X-Goog-Hash: crc32c=…,md5=…`, with both hashes in base64. A missing header means no hashes. Returns null when
 * the header is malformed, or has two different values for one algorithm.
 */
export function parseGoogHash(header: string | undefined): AnnouncedHashes | null {
  const hashes: Record<DigestAlgorithm, string | null> = { ...NO_HASHES }
  for (const part of (header ?? '').split(',').map((text) => text.trim())) {
    if (part === '') continue
    const [, algorithm, value] = /^(crc32c|md5)=(.+)$/.exec(part) ?? []
    if ((algorithm !== 'crc32c' && algorithm !== 'md5') || !value) return null
    if (!isBase64Of(DIGEST_BYTES[algorithm], value)) return null
    if (hashes[algorithm] !== null && hashes[algorithm] !== value) return null
    hashes[algorithm] = value
  }
  return hashes
}
