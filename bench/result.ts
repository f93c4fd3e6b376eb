import { type Summary, summarize } from './statistics.ts'

/** Measured values of one contestant of a benchmark, one per round, in the benchmark's unit. */
export interface Measured extends Summary {
  readonly name: string
  readonly values: readonly number[]
}

/** Required value and measured value. */
export interface Goal {
  readonly text: string
  readonly measured: number
  readonly needed: number
  /** Optional target beyond the required value, or null. */
  readonly aim: number | null
  /** Direction in which `measured` is compared with `needed`. */
  readonly bound: 'at least' | 'at most'
  /** Unit of the figures; `ratio` stands for no unit. */
  readonly unit: 'ratio' | 'ms' | 'MiB'
}

export interface WorkResult {
  readonly id: string
  readonly title: string
  /** Description of the measurement in one or two sentences. */
  readonly method: string
  readonly unit: string
  readonly isMoreBetter: boolean
  readonly measured: readonly Measured[]
  readonly goals: readonly Goal[]
}

export function isReached({ measured, needed, bound }: Goal): boolean {
  return bound === 'at least' ? measured >= needed : measured <= needed
}

export function measuredOf(name: string, values: readonly number[]): Measured {
  return { name, values, ...summarize(values) }
}

/** Returns what `read` finds in the samples of each contestant, one for each round. */
export function measuredOfAll<Sample>(
  samples: ReadonlyMap<string, readonly Sample[]>,
  read: (sample: Sample) => number,
): Measured[] {
  return [...samples].map(([name, all]) => measuredOf(name, all.map(read)))
}

/** Returns the median of the contestant with this name; null when it did not take part. */
export function medianOf(measured: readonly Measured[], name: string): number | null {
  return measured.find((one) => one.name === name)?.median ?? null
}

/** Returns a goal that compares the medians of two contestants; empty when one of them did not take part. */
export function ratioGoal(
  measured: readonly Measured[],
  [ours, theirs]: readonly [string, string],
  goal: Pick<Goal, 'text' | 'needed' | 'bound'> & { readonly aim?: number },
): Goal[] {
  const a = medianOf(measured, ours)
  const b = medianOf(measured, theirs)
  if (a === null || b === null) return []
  return [{ ...goal, aim: goal.aim ?? null, measured: a / b, unit: 'ratio' }]
}
