import type { SharedAction } from './actions.ts'

/** What makes a workload show soon that a sync is missing. */
export interface Hint {
  readonly requests: number
  readonly often?: SharedAction
  /** Seed of the workload to begin with, so that few are tried. */
  readonly seed?: number
}

const ANY: Hint = { requests: 60 }

/** Where the disk storage syncs, as `syncSite` calls it. */
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
  // Somebody has to ask between an entry of the log and its sync.
  ['offset: log', { requests: 120, often: 'ask' }],
  ['finalizeObject: segment', ANY],
  ['linkObject: folder', ANY],
  ['openObject: folder', { ...ANY, seed: 10 }],
  ['removeObject: folder', ANY],
])
