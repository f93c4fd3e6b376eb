/**
 * Where the disk storage syncs, as `syncSite` calls it, and the first seed whose workload soon shows what is lost
 * without it: a hint, since others show it too.
 */
export const SYNC_SITES: ReadonlyMap<string, number> = new Map([
  ['makeDirectory: folder', 1],
  ['prepareFolder: folder', 1],
  ['prepareFolder: FORMAT', 1],
  ['owner: OWNER', 1],
  ['owner: folder', 1],
  ['claimLog: log', 2],
  ['publish: segment', 1],
  ['publish: folder', 1],
  ['publish: log', 1],
  ['offset: log', 14],
  ['finalizeObject: segment', 1],
  ['nameObject: folder', 1],
  ['openObject: folder', 7],
  ['removeObject: folder', 1],
])
