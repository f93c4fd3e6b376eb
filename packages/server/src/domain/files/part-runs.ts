/** Parts of an object that follow each other and have the same size. */
export type PartRun = readonly [count: number, sizeBytes: number]

/** Bytes of a part, both positions inclusive, and the number of parts of the object. */
export interface PartPlace {
  readonly start: number
  readonly end: number
  readonly partCount: number
}

/** Clients send parts of one size, so that two runs are the rule. The bound is that of a record which lists read. */
const MAX_RUNS = 500

/** Returns the sizes of parts as runs; null when they differ so often that the runs would be too many. */
export function partRunsOf(sizes: readonly number[]): readonly PartRun[] | null {
  const runs: [number, number][] = []
  for (const sizeBytes of sizes) {
    const last = runs.at(-1)
    if (last?.[1] === sizeBytes) last[0]++
    else runs.push([1, sizeBytes])
    if (runs.length > MAX_RUNS) return null
  }
  return runs
}

export function partCountOf(runs: readonly PartRun[]): number {
  return runs.reduce((sum, [count]) => sum + count, 0)
}

/** Returns the place of a part, counted from 1; null when there is no such part. A part without bytes ends before it starts. */
export function partPlace(runs: readonly PartRun[], number: number): PartPlace | null {
  let before = 0
  let start = 0
  for (const [count, sizeBytes] of runs) {
    if (number <= before + count) {
      const partStart = start + (number - before - 1) * sizeBytes
      return { start: partStart, end: partStart + sizeBytes - 1, partCount: partCountOf(runs) }
    }
    before += count
    start += count * sizeBytes
  }
  return null
}

/** Returns the sizes of the parts after the number `after`, at most `limit`, with their numbers. */
export function partsAfter(
  runs: readonly PartRun[],
  after: number,
  limit: number,
): readonly { readonly number: number; readonly sizeBytes: number }[] {
  const parts: { number: number; sizeBytes: number }[] = []
  let last = 0
  for (const [count, sizeBytes] of runs) {
    for (let number = Math.max(last, after) + 1; number <= last + count && parts.length < limit; number++) {
      parts.push({ number, sizeBytes })
    }
    last += count
  }
  return parts
}
