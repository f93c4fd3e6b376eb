export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Returns median, minimum and maximum of one or more values. */
export function summarize(values: readonly number[]): Summary {
  return { median: percentile(values, 0.5), min: percentile(values, 0), max: percentile(values, 1) }
}

/** Returns the percentile for `share` (0 to 1), with linear interpolation between two values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
