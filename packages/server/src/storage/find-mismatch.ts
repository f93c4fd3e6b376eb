import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../domain/uploads/upload-session.ts'
import type { Finalized } from './hosted-uploads.ts'

/** Returns the first announced hash that differs from the actual one; null when all match. */
export function findMismatch(
  expected: AnnouncedHashes,
  actual: Readonly<Partial<Record<DigestAlgorithm, string>>>,
): Extract<Finalized, { kind: 'mismatch' }> | null {
  for (const algorithm of DIGEST_ALGORITHMS) {
    const [announced, computed] = [expected[algorithm], actual[algorithm]]
    if (announced !== null && computed !== undefined && announced !== computed) {
      return { kind: 'mismatch', algorithm, expected: announced, actual: computed }
    }
  }
  return null
}
