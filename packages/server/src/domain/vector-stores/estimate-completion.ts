import { isInProgress, type StoreFile } from './store-file.ts'

/** Queue of the files to index, as one organization meets it. */
export interface IndexingPace {
  /** Median time of the latest indexings of the installation; null when there were none lately. */
  readonly medianRunMs: number | null
  /** Files of the organization that are being indexed now. */
  readonly running: number
  /** Waiting files by the ids of their associations. Files far behind are missing. */
  readonly waiting: ReadonlyMap<string, WaitingPlace>
}

export interface WaitingPlace {
  /** Files of the organization that wait before this one. */
  readonly before: number
  /** Time before which the file is not indexed. */
  readonly runAtMs: number
}

/**
 * Returns the whole seconds, at least 1, until the indexing of the file has probably ended: files leave the queue as fast
 * as the running ones end. Returns null when the speed or the place of the file is unknown, and for a file that is not in
 * progress.
 */
export function estimateCompletionSeconds(
  file: Pick<StoreFile, 'id' | 'status' | 'startedAtMs'>,
  { medianRunMs, running, waiting }: IndexingPace,
  nowMs: number,
): number | null {
  if (medianRunMs === null || !isInProgress(file)) return null
  const place = waiting.get(file.id)
  if (place !== undefined) {
    const waitMs = (place.before * medianRunMs) / Math.max(1, running)
    return toSeconds(Math.max(waitMs, place.runAtMs - nowMs) + medianRunMs)
  }
  if (file.status === 'pending' || file.startedAtMs === null) return null
  return toSeconds(file.startedAtMs + medianRunMs - nowMs)
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}
