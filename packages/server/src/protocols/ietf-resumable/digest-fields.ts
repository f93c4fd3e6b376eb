import { parseDictionary } from 'structured-headers'
import { DIGEST_BYTES, type DigestAlgorithm } from '../../domain/uploads/checksums.ts'

/** Algorithms that the service verifies, by their names in HTTP (RFC 9530, section 5). */
export const ALGORITHMS = {
  'sha-256': 'sha256',
  'sha-512': 'sha512',
  sha: 'sha1',
  md5: 'md5',
  crc32c: 'crc32c',
} as const satisfies Readonly<Record<string, DigestAlgorithm>>

export type DigestName = keyof typeof ALGORITHMS

/** A digest as a field has it. */
export interface FieldDigest {
  readonly algorithm: DigestName
  readonly base64: string
}

export type DigestField =
  /** The known digests of the field; empty when the field is absent. */
  | { readonly kind: 'digests'; readonly digests: readonly FieldDigest[] }
  /** The field has no algorithm that the service verifies, but these. */
  | { readonly kind: 'unsupported'; readonly algorithms: readonly string[] }
  | ({ readonly kind: 'invalid' } & InvalidDigest)
  /** The field is no Dictionary. */
  | { readonly kind: 'malformed' }

/** A value that is no digest of its algorithm. */
export interface InvalidDigest {
  readonly algorithm: DigestName
  readonly reason: string
}

/** Parses `Content-Digest` or `Repr-Digest` (RFC 9530, sections 2 and 3). Unknown algorithms are ignored. */
export function parseDigestField(value: string | undefined): DigestField {
  if (value === undefined) return { kind: 'digests', digests: [] }
  const members = dictionaryOf(value)
  if (members === null) return { kind: 'malformed' }
  const digests: FieldDigest[] = []
  for (const [name, [bytes]] of members) {
    if (!isKnown(name)) continue
    const length = DIGEST_BYTES[ALGORITHMS[name]]
    if (!(bytes instanceof ArrayBuffer) || bytes.byteLength !== length) {
      return { kind: 'invalid', algorithm: name, reason: `the digest is no Byte Sequence of ${length} bytes` }
    }
    digests.push({ algorithm: name, base64: Buffer.from(bytes).toString('base64') })
  }
  return digests.length === 0
    ? { kind: 'unsupported', algorithms: [...members.keys()] }
    : { kind: 'digests', digests }
}

/**
 * Returns the digests that `Want-Repr-Digest` asks for (RFC 9530, section 4): members with a preference of 1 to 10. A
 * malformed field is a wish that cannot be read, and asks for nothing.
 */
export function parseWantedDigests(value: string | undefined): readonly DigestName[] {
  const members = value === undefined ? null : dictionaryOf(value)
  return [...(members ?? [])].flatMap(([name, [preference]]) =>
    isKnown(name) && typeof preference === 'number' && preference > 0 ? [name] : [],
  )
}

/** Returns the Dictionary of the digests, such as `crc32c=:4waSgw==:`. */
export function digestField(digests: readonly FieldDigest[]): string {
  return digests.map(({ algorithm, base64 }) => `${algorithm}=:${base64}:`).join(', ')
}

function isKnown(name: string): name is DigestName {
  return Object.hasOwn(ALGORITHMS, name)
}

function dictionaryOf(value: string): ReturnType<typeof parseDictionary> | null {
  try {
    return parseDictionary(value)
  } catch {
    return null
  }
}
