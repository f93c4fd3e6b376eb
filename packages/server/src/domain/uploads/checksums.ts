/** Checksums that are computed on request; the CRC-32C is always computed. */
export const CHECKSUM_ALGORITHMS = ['md5', 'sha256'] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]

/** Checksums of all bytes of an object in base64; null when not computed. */
export type ObjectChecksums = Readonly<Record<ChecksumAlgorithm, string | null>>

export const NO_CHECKSUMS: ObjectChecksums = { md5: null, sha256: null }

/** Returns the union of the lists, in a fixed order. */
export function mergeAlgorithms(...lists: readonly (readonly ChecksumAlgorithm[])[]): ChecksumAlgorithm[] {
  if (lists.every(({ length }) => length === 0)) return []
  return CHECKSUM_ALGORITHMS.filter((algorithm) => lists.some((list) => list.includes(algorithm)))
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
