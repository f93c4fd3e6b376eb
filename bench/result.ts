import { type Summary, summarize } from './statistics.ts'

/** What one contestant reached in one work: a value a round, in the work's unit. */
export interface Measured extends Summary {
  readonly name: string
  readonly values: readonly number[]
}

/** What had to be reached, and what was. */
export interface Goal {
  readonly text: string
  readonly measured: number
  readonly needed: number
  /** What we would like to reach beyond, or null. */
  readonly aim: number | null
  /** Whether `measured` has to be at least or at most `needed`. */
  readonly bound: 'at least' | 'at most'
  /** Of the figures here: `ratio` has none. */
  readonly unit: 'ratio' | 'ms' | 'MiB'
}

export interface WorkResult {
  readonly id: string
  readonly title: string
  /** How it was measured, in a sentence or two. */
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

/** The median of the contestant with this name; null when it did not take part. */
export function medianOf(measured: readonly Measured[], name: string): number | null {
  return measured.find((one) => one.name === name)?.median ?? null
}

/** A goal that compares the medians of two contestants: of nothing where one of them did not take part. */
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
