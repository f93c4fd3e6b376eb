/** Counts of a store at a point in time. */
export interface PaceSample {
  readonly atMs: number
  /** Files whose indexing has ended, in any way. */
  readonly ended: number
  /** Files that wait or are being indexed. */
  readonly remaining: number
}

export interface Pace {
  readonly filesPerMinute: number
  readonly secondsLeft: number
}

/** Period over which the speed is measured. */
const WINDOW_MS = 60_000

/** Returns the samples with a newer one, without those that are too old to count. */
export function withSample(samples: readonly PaceSample[], next: PaceSample): readonly PaceSample[] {
  return [...samples.filter(({ atMs }) => atMs >= next.atMs - WINDOW_MS), next]
}

/**
 * Returns the speed of the indexing, or null while it is unknown. A count that falls, because files were removed or
 * are indexed again, does not lower the speed.
 */
export function paceOf(samples: readonly PaceSample[]): Pace | null {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return null
  let ended = 0
  for (const [index, sample] of samples.entries()) {
    const previous = samples[index - 1] ?? sample
    ended += Math.max(0, sample.ended - previous.ended)
  }
  const minutes = (last.atMs - first.atMs) / 60_000
  if (ended === 0 || minutes <= 0) return null
  const filesPerMinute = ended / minutes
  return { filesPerMinute, secondsLeft: (last.remaining / filesPerMinute) * 60 }
}
