import { createHash } from 'node:crypto'
import { type DigestAlgorithm, HASH_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import type { Mismatch } from './upload-answer.ts'

/** Digest of the body of one request. */
export interface BodyDigest {
  /** Algorithms to compute while the body arrives: all of them when a trailer will name one. */
  readonly algorithms: readonly DigestAlgorithm[]
  /**
   * Returns the expected values in base64, for at least one of the algorithms. Called once, when the body has ended and
   * its trailers are known. Returns null when the announced value did not come, or is malformed.
   */
  expected(): Readonly<Partial<Record<DigestAlgorithm, string>>> | null
}

export interface BodyDigestCheck {
  update(bytes: Uint8Array): void
  /** Returns the problem of the complete body; null when it matches. Called once. */
  problem(): ({ readonly kind: 'digest-mismatch' } & Mismatch) | { readonly kind: 'unknown-digest' } | null
}

/** Creates the check of a body that has its own digest. */
export function createBodyDigestCheck({ algorithms, expected }: BodyDigest): BodyDigestCheck {
  const hashes = HASH_ALGORITHMS.filter((algorithm) => algorithms.includes(algorithm)).map((algorithm) => ({
    algorithm,
    hash: createHash(algorithm),
  }))
  let crc = 0
  const isCrcNeeded = algorithms.includes('crc32c')

  return {
    update: (bytes) => {
      if (isCrcNeeded) crc = crc32c(bytes, crc)
      for (const { hash } of hashes) hash.update(bytes)
    },
    problem: () => {
      const values = Object.entries(expected() ?? {})
      if (values.length === 0) return { kind: 'unknown-digest' }
      const actual: Readonly<Record<string, string>> = {
        ...(isCrcNeeded && { crc32c: crc32cToBase64(crc) }),
        ...Object.fromEntries(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest('base64')])),
      }
      for (const [algorithm, value] of values) {
        const computed = actual[algorithm]
        if (computed === undefined) return { kind: 'unknown-digest' }
        if (computed !== value) {
          const kind = 'digest-mismatch'
          return { kind, algorithm: algorithm as DigestAlgorithm, expected: value, actual: computed }
        }
      }
      return null
    },
  }
}
