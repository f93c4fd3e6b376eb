import { createHash } from 'node:crypto'
import { type ChecksumAlgorithm, NO_CHECKSUMS, type ObjectChecksums } from '../domain/uploads/checksums.ts'

/** Incremental MD5 and SHA-256. The state cannot be serialized; `copy` is the only way to keep it. */
export interface RunningDigests {
  readonly algorithms: readonly ChecksumAlgorithm[]
  update(bytes: Uint8Array): void
  /** Returns the digests of all bytes so far in base64; more bytes may follow. */
  current(): ObjectChecksums
  /** Returns an independent copy of the current state. */
  copy(): RunningDigests
}

/** Creates digests of no bytes. */
export function createRunningDigests(algorithms: readonly ChecksumAlgorithm[]): RunningDigests {
  return runFrom(algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) })))
}

type RunningHash = { readonly algorithm: ChecksumAlgorithm; readonly hash: ReturnType<typeof createHash> }

function runFrom(hashes: readonly RunningHash[]): RunningDigests {
  const copies = () => hashes.map(({ algorithm, hash }) => ({ algorithm, hash: hash.copy() }))
  return {
    algorithms: hashes.map(({ algorithm }) => algorithm),
    update: (bytes) => {
      for (const { hash } of hashes) hash.update(bytes)
    },
    current: () => ({
      ...NO_CHECKSUMS,
      ...Object.fromEntries(copies().map(({ algorithm, hash }) => [algorithm, hash.digest('base64')])),
    }),
    copy: () => runFrom(copies()),
  }
}
