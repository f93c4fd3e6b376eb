import { createHash } from 'node:crypto'
import type { HashAlgorithm } from '../domain/uploads/checksums.ts'

/** Digests in base64; an algorithm that is not computed is missing. */
export type Digests = Readonly<Partial<Record<HashAlgorithm, string>>>

/** Incremental digests of `node:crypto`. The state cannot be serialized; `copy` is the only way to keep it. */
export interface RunningDigests {
  readonly algorithms: readonly HashAlgorithm[]
  update(bytes: Uint8Array): void
  /** Returns the digests of all bytes so far in base64; more bytes may follow. */
  current(): Digests
  /** Returns an independent copy of the current state. */
  copy(): RunningDigests
}

/** Creates digests of no bytes. */
export function createRunningDigests(algorithms: readonly HashAlgorithm[]): RunningDigests {
  return runFrom(algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) })))
}

type RunningHash = { readonly algorithm: HashAlgorithm; readonly hash: ReturnType<typeof createHash> }

function runFrom(hashes: readonly RunningHash[]): RunningDigests {
  const copies = () => hashes.map(({ algorithm, hash }) => ({ algorithm, hash: hash.copy() }))
  return {
    algorithms: hashes.map(({ algorithm }) => algorithm),
    update: (bytes) => {
      for (const { hash } of hashes) hash.update(bytes)
    },
    current: () =>
      Object.fromEntries(copies().map(({ algorithm, hash }) => [algorithm, hash.digest('base64')])),
    copy: () => runFrom(copies()),
  }
}
