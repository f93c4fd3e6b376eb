/** What the storage has promised of one upload, and with it what a power cut must leave of it. */
export interface Promised {
  readonly name: string
  /** Counts the objects of this name: each has bytes of its own. */
  readonly incarnation: number
  readonly sizeBytes: number
  readonly status: UploadStatus
  /** Bytes that have been acknowledged. */
  readonly offset: number
  /** Counts the beginnings and the ends of commits that keep fewer bytes than were published on the way. */
  readonly takeBacks: number
  /** `maybe`: it is being made, or removed, and nobody has been told. */
  readonly object: 'none' | 'maybe' | 'whole'
}

/**
 * `open`: it goes on. `discarding`: somebody has begun to remove it, with its object if there is one. `discarded`:
 * that has been acknowledged, and nothing will use the name again.
 */
export type UploadStatus = 'open' | 'discarding' | 'discarded'

/** What has been promised at one moment. */
export interface Promises {
  readonly uploads: readonly Promised[]
  readonly owner: string | null
}

export const NOTHING_PROMISED: Promises = { uploads: [], owner: null }

export interface Ledger {
  get(name: string): Promised
  set(name: string, change: Partial<Promised>): void
  add(promised: Promised): void
  /** Forgets what has been discarded longest, so that there are not ever more. */
  forgetOldest(kept: number): void
  setOwner(owner: string): void
  all(): Promises
}

/** `onAcknowledged` is called after each change that takes something back from what a power cut may do. */
export function createLedger(start: Promises, onAcknowledged: () => void): Ledger {
  const uploads = new Map(start.uploads.map((upload) => [upload.name, upload]))
  let { owner } = start

  const get = (name: string) => {
    const promised = uploads.get(name)
    if (promised === undefined) throw new Error(`nobody knows of ${name}`)
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
      const discarded = [...uploads.values()].filter(({ status }) => status === 'discarded')
      for (const { name } of discarded.slice(0, Math.max(0, discarded.length - kept))) uploads.delete(name)
    },
    setOwner: (candidate) => {
      owner = candidate
      onAcknowledged()
    },
    all: () => ({ uploads: [...uploads.values()], owner }),
  }
}
