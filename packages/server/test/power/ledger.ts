/** Promises of the storage for one upload, which must hold after a power cut. */
export interface Promised {
  readonly name: string
  /** Number of earlier objects of this name. Each object has other bytes. */
  readonly incarnation: number
  readonly sizeBytes: number
  readonly status: UploadStatus
  /** Number of acknowledged bytes. */
  readonly offset: number
  /** Number of starts and ends of commits that drop published bytes. */
  readonly takeBacks: number
  /** `maybe`: the object is being created or removed, without an answer yet. */
  readonly object: 'none' | 'maybe' | 'complete'
  /** The parts in the order of the object; null for a sequential upload. */
  readonly parts: readonly PromisedPart[] | null
}

/** `right`: the bytes of the object. `wrong`: other bytes, which must be replaced before the object is complete. */
export type PartBytes = 'right' | 'wrong'

export interface PromisedPart {
  /** True when a body of this part was acknowledged. */
  readonly isStored: boolean
  /** Bodies that the part may have. */
  readonly possible: readonly PartBytes[]
  /** Number of bodies that have begun. */
  readonly begun: number
  /** Number of bodies without an answer yet. */
  readonly running: number
}

export const NO_PART: PromisedPart = { isStored: false, possible: [], begun: 0, running: 0 }

/**
 * `open`: can be continued. `deleting`: a deletion of the upload and its object has begun. `deleted`: the deletion
 * was acknowledged, and the name is not used again.
 */
export type UploadStatus = 'open' | 'deleting' | 'deleted'

/** All promises at one moment. */
export interface Promises {
  readonly uploads: readonly Promised[]
  readonly owner: string | null
}

export const NOTHING_PROMISED: Promises = { uploads: [], owner: null }

export interface Ledger {
  get(name: string): Promised
  set(name: string, change: Partial<Promised>): void
  add(promised: Promised): void
  /** Forgets the oldest deleted uploads, so that their number stays limited. */
  forgetOldest(kept: number): void
  setOwner(owner: string): void
  all(): Promises
}

/** Creates a ledger. Calls `onAcknowledged` after each change that restricts the possible results of a power cut. */
export function createLedger(start: Promises, onAcknowledged: () => void): Ledger {
  const uploads = new Map(start.uploads.map((upload) => [upload.name, upload]))
  let { owner } = start

  const get = (name: string) => {
    const promised = uploads.get(name)
    if (promised === undefined) throw new Error(`the ledger has no upload ${name}`)
    return promised
  }

  return {
    get,
    set: (name, change) => {
      uploads.set(name, { ...get(name), ...change })
      onAcknowledged()
    },
    add: (promised) => uploads.set(promised.name, promised),
    forgetOldest: (kept) => {
      const deleted = [...uploads.values()].filter(({ status }) => status === 'deleted')
      for (const { name } of deleted.slice(0, Math.max(0, deleted.length - kept))) uploads.delete(name)
    },
    setOwner: (candidate) => {
      owner = candidate
      onAcknowledged()
    },
    all: () => ({ uploads: [...uploads.values()], owner }),
  }
}
