import type { HashAlgorithm } from '../domain/uploads/checksums.ts'
import { type Checksums, combinedCrc32c } from './block-checksums.ts'
import { createRunningDigests, type RunningDigests } from './running-digests.ts'

/** Digests of unfinished uploads between requests, in the memory of this process. */
export interface DigestCache {
  /**
   * Returns the digests of the upload's first `at.offset` bytes; null when this process does not have them, and the
   * bytes must be read again at the end.
   */
  resume(name: string, algorithms: readonly HashAlgorithm[], at: Checksums): RunningDigests | null
  /** Stores the digests of the first `at.offset` bytes, which are durable and will not change. */
  keep(name: string, digests: RunningDigests, at: Checksums): void
  forget(name: string): void
}

interface Kept {
  readonly digests: RunningDigests
  readonly offset: number
  readonly crc32c: number
}

/** Upper bound of entries, about 1 KB each. The upload of an evicted entry, the least recently used, is read again. */
const MAX_KEPT = 4096

/** Creates an LRU cache of at most `maxKept` entries. */
export function createDigestCache(maxKept = MAX_KEPT): DigestCache {
  const kept = new Map<string, Kept>()
  return {
    resume: (name, algorithms, at) => {
      if (at.offset === 0) return createRunningDigests(algorithms)
      const found = kept.get(name)
      if (found === undefined) return null
      const isSame = found.offset === at.offset && found.crc32c === combinedCrc32c(at)
      const hasAll = algorithms.every((algorithm) => found.digests.algorithms.includes(algorithm))
      return isSame && hasAll ? found.digests.copy() : null
    },
    keep: (name, digests, at) => {
      kept.delete(name)
      kept.set(name, { digests: digests.copy(), offset: at.offset, crc32c: combinedCrc32c(at) })
      const [oldest] = kept.keys()
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    },
    forget: (name) => {
      kept.delete(name)
    },
  }
}
