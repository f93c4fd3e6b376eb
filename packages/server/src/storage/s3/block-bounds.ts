import { BLOCK_BYTES } from '../block-checksums.ts'

/** Sizes of an object that say where its blocks begin. */
export interface BlockLayout {
  readonly sizeBytes: number
  /**
   * Sizes of consecutive ranges of the object, in each of which the blocks begin anew: parts that were joined keep their
   * checksums. Null when all blocks but the last have the same size.
   */
  readonly runs: readonly number[] | null
}

/** Returns the position at which each block begins, and after them the size of the object. */
export function blockBounds({ sizeBytes, runs }: BlockLayout): number[] {
  const bounds: number[] = []
  let runStart = 0
  for (const runBytes of runs ?? [sizeBytes]) {
    for (let position = 0; position < runBytes; position += BLOCK_BYTES) bounds.push(runStart + position)
    runStart += runBytes
  }
  return [...bounds, sizeBytes]
}

/** Returns the index of the block that contains the position. */
export function blockAt(bounds: readonly number[], position: number): number {
  let [low, high] = [0, bounds.length - 1]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if ((bounds[middle] ?? 0) <= position) low = middle
    else high = middle
  }
  return low
}

/** Returns the runs of ranges that are joined; null when their blocks are those of one range. */
export function joinRuns(runs: readonly number[]): readonly number[] | null {
  const joined: number[] = []
  for (const bytes of runs) {
    const last = joined.at(-1)
    if (last !== undefined && last % BLOCK_BYTES === 0) joined[joined.length - 1] = last + bytes
    else if (bytes > 0) joined.push(bytes)
  }
  return joined.length <= 1 ? null : joined
}
