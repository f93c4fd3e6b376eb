import type { Often } from './workload.ts'

/** Options with which a workload quickly shows a missing sync. */
export interface Hint {
  readonly requests: number
  readonly often?: Often
  /** Seed of the first workload, which saves tries. */
  readonly seed?: number
}

const ANY: Hint = { requests: 60 }

/** Syncs of the disk storage, by the names of `syncSite`. */
export const SYNC_SITES: ReadonlyMap<string, Hint> = new Map([
  ['makeDirectory: folder', ANY],
  ['prepareDirectory: folder', ANY],
  ['prepareDirectory: FORMAT', ANY],
  ['owner: OWNER', ANY],
  ['owner: folder', ANY],
  ['claimLog: log', { ...ANY, seed: 12 }],
  ['publish: segment', ANY],
  ['publish: folder', ANY],
  ['publish: log', ANY],
  // A request must ask between the write of a log entry and its sync.
  ['readDurable: log', { requests: 120, often: 'ask', seed: 4 }],
  ['finalizeObject: segment', ANY],
  ['linkObject: folder', ANY],
  ['openObject: folder', { ...ANY, often: 'look', seed: 2 }],
  ['removeObject: folder', ANY],
  ['writePartFooter: segment', ANY],
  ['publishPart: folder', ANY],
  ['publishPart: log', ANY],
  ['list: log', { requests: 120, often: 'listParts', seed: 2 }],
  ['joinParts: segment', ANY],
  ['removeAttempt: log', { requests: 120, often: 'sweepParts', seed: 14 }],
])
