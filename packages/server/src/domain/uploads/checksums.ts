/** Checksums that are computed on request; the CRC-32C is always computed. */
export const CHECKSUM_ALGORITHMS = ['md5', 'sha256'] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]

/** Algorithms whose value a client may announce, for a complete object or for the body of one request. */
export const DIGEST_ALGORITHMS = ['crc32c', 'md5', 'sha1', 'sha256', 'sha512'] as const
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number]

/** Algorithms of `node:crypto` that are computed while an object is stored. The CRC-32C comes from its blocks. */
export type HashAlgorithm = Exclude<DigestAlgorithm, 'crc32c'>
export const HASH_ALGORITHMS: readonly HashAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha512']

/** Size in bytes of the value of each algorithm. */
export const DIGEST_BYTES: Readonly<Record<DigestAlgorithm, number>> = {
  crc32c: 4,
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
}

/** Checksums of all bytes of an object in base64; null when not computed. */
export type ObjectChecksums = Readonly<Record<ChecksumAlgorithm, string | null>>

export const NO_CHECKSUMS: ObjectChecksums = { md5: null, sha256: null }

/** Returns the union of the lists, in a fixed order. */
export function mergeAlgorithms<Algorithm extends HashAlgorithm>(
  ...lists: readonly (readonly Algorithm[])[]
): Algorithm[] {
  if (lists.every(({ length }) => length === 0)) return []
  const merged = HASH_ALGORITHMS.filter((algorithm) =>
    lists.some((list) => list.some((one) => one === algorithm)),
  )
  return merged as Algorithm[]
}

/** Parses a list such as `md5, sha256`; empty entries are ignored. Returns null when a name is unknown. */
export function parseAlgorithms(text: string): ChecksumAlgorithm[] | null {
  const names = text.split(',').map((name) => name.trim())
  const isKnown = (name: string) => name === '' || CHECKSUM_ALGORITHMS.some((known) => known === name)
  return names.every(isKnown) ? CHECKSUM_ALGORITHMS.filter((known) => names.includes(known)) : null
}

/** Converts a checksum to lower-case hex; null stays null. */
export function base64ToHex(checksum: string | null): string | null {
  return checksum === null ? null : Buffer.from(checksum, 'base64').toString('hex')
}

/** Returns true when the text is base64 (RFC 4648) of exactly this number of bytes. */
export function isBase64Of(bytes: number, text: string): boolean {
  const decoded = Buffer.from(text, 'base64')
  return decoded.length === bytes && decoded.toString('base64') === text
}
