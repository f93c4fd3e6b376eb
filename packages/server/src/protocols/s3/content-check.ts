import { createHash } from 'node:crypto'
import { isBase64Of } from '../../domain/uploads/checksums.ts'
import { CHECKSUM_FACTS, type S3Checksum, type S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import type { AnnouncedChecksum, AnnouncedChecksums } from './read-checksums.ts'
import { createRunningChecksum } from './running-checksum.ts'

export interface ContentCheckOptions {
  readonly announced: AnnouncedChecksums
  /** SHA-256 of the body in lower-case hex, from `x-amz-content-sha256`; null for none. */
  readonly payloadSha256: string | null
  /** Checksum to compute where the client announces none; null for none. */
  readonly computes: S3ChecksumAlgorithm | null
}

/** Verified facts of a complete body. */
export interface ContentDigests {
  /** MD5 in lower-case hex; null when it was not announced. */
  readonly md5: string | null
  /** The announced checksum, or the one that was to be computed; null for none. */
  readonly checksum: S3Checksum | null
}

/** Computes what the client announced about a body, and compares it. */
export interface ContentCheck {
  update(bytes: Uint8Array): void
  /**
   * Returns the digests of the complete body. `trailer` is the value of the announced trailer; null for none. Called
   * once. Problems are `BadDigest`, `XAmzContentSHA256Mismatch`, `InvalidRequest` for a trailer that is no checksum, and
   * `MalformedTrailerError` for one that did not come.
   */
  finish(trailer: string | null): ContentDigests | S3Problem
}

/** Creates the check of one body, which contains no framing. */
export function createContentCheck({
  announced,
  payloadSha256,
  computes,
}: ContentCheckOptions): ContentCheck {
  const md5 = announced.md5 !== null ? createHash('md5') : null
  const sha256 = payloadSha256 === null ? null : createHash('sha256')
  const algorithm = announced.checksum?.algorithm ?? computes
  const running = algorithm === null ? null : createRunningChecksum(algorithm)
  return {
    update: (bytes) => {
      md5?.update(bytes)
      sha256?.update(bytes)
      running?.update(bytes)
    },
    finish: (trailer) => {
      if (sha256 !== null && sha256.digest('hex') !== payloadSha256) {
        return problem(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
      }
      const md5Digest = md5?.digest() ?? null
      if (announced.md5 !== null && md5Digest?.toString('base64') !== announced.md5) {
        return problem('BadDigest', 'The Content-MD5 you specified did not match what we received.')
      }
      const computed = running && { algorithm: running.algorithm, value: running.base64() }
      const checksum =
        announced.checksum === null ? computed : compare(announced.checksum, computed?.value ?? '', trailer)
      if (isProblem(checksum)) return checksum
      return { md5: md5Digest?.toString('hex') ?? null, checksum }
    },
  }
}

function compare(
  announced: AnnouncedChecksum,
  computed: string,
  trailer: string | null,
): S3Checksum | S3Problem {
  const { algorithm } = announced
  const value = announced.kind === 'value' ? announced.value : trailer
  if (value === null) {
    return problem('MalformedTrailerError', 'The request contained trailing data that was not well-formed.')
  }
  const { bytes, header } = CHECKSUM_FACTS[algorithm]
  if (!isBase64Of(bytes, value)) {
    return problem('InvalidRequest', `Value for ${header} trailing header is invalid.`)
  }
  if (value === computed) return { algorithm, value }
  return problem('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
}
