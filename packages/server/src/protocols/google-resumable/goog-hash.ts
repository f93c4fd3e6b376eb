import { isBase64Of } from '../../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../../domain/uploads/upload-session.ts'

const BASE64_BYTES = { crc32c: 4, md5: 16 } as const

/**
 * Parses `X-Goog-Hash: crc32c=…,md5=…`, with both hashes in base64. A missing header means no hashes. Returns null when
 * the header is malformed, or has two different values for one algorithm.
 */
export function parseGoogHash(header: string | undefined): AnnouncedHashes | null {
  const hashes: { crc32c: string | null; md5: string | null } = { crc32c: null, md5: null }
  for (const part of (header ?? '').split(',').map((text) => text.trim())) {
    if (part === '') continue
    const [, algorithm, value] = /^(crc32c|md5)=(.+)$/.exec(part) ?? []
    if ((algorithm !== 'crc32c' && algorithm !== 'md5') || !value) return null
    if (!isBase64Of(BASE64_BYTES[algorithm], value)) return null
    if (hashes[algorithm] !== null && hashes[algorithm] !== value) return null
    hashes[algorithm] = value
  }
  return hashes
}
