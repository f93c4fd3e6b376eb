export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The median and the spread of at least one value. */
export function summarize(values: readonly number[]): Summary {
  return { median: percentile(values, 0.5), min: percentile(values, 0), max: percentile(values, 1) }
}

/** The value that `share` of all values (0 to 1) do not pass; between two of them, the line between. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
