import type { SharedAction } from './actions.ts'

/** Options with which a workload quickly shows a missing sync. */
export interface Hint {
  readonly requests: number
  readonly often?: SharedAction
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
  ['claimLog: log', { ...ANY, seed: 4 }],
  ['publish: segment', ANY],
  ['publish: folder', ANY],
  ['publish: log', ANY],
  // A request must ask between the write of a log entry and its sync.
  ['offset: log', { requests: 120, often: 'ask' }],
  ['finalizeObject: segment', ANY],
  ['linkObject: folder', ANY],
  ['openObject: folder', { ...ANY, seed: 10 }],
  ['removeObject: folder', ANY],
])
