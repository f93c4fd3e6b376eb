import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { measuredOf, type WorkResult } from '../result.ts'

const MIB = 1024 ** 2

/** Size of each of the many parts, which does not matter for the completion. */
export const SMALL_PART_BYTES = 64 * 1024

/** Time of a completion, and the disk space of all files around it. */
export interface Completion {
  readonly milliseconds: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** Returns the result of completions of the same number of parts. */
export function completionResult(
  samples: readonly Completion[],
  parts: number,
  { id, title, surroundings }: { readonly id: string; readonly title: string; readonly surroundings: string },
): WorkResult {
  const measured = [
    measuredOf(
      `complete ${parts.toLocaleString('en')} parts`,
      samples.map(({ milliseconds }) => milliseconds),
    ),
  ]
  const before = Math.max(...samples.map(({ bytesBefore }) => bytesBefore)) / MIB
  const after = Math.max(...samples.map(({ bytesAfter }) => bytesAfter)) / MIB
  const median = measured[0]?.median ?? Number.NaN
  const slowest = { text: 'complete', needed: 2000, aim: null, bound: 'at most', unit: 'ms' } as const
  const growth = { text: 'disk usage after ÷ before', needed: 1.01, aim: null, bound: 'at most' } as const
  return {
    id,
    title,
    method:
      `${surroundings}, ${parts.toLocaleString('en')} parts of 64 KiB are joined to one object, durable and visible. No byte is copied: ` +
      `the files used ${before.toFixed(1)} MiB of the disk before and ${after.toFixed(1)} MiB after it.`,
    unit: 'ms',
    isMoreBetter: false,
    measured,
    goals: [
      { ...slowest, measured: median },
      { ...growth, measured: after / before, unit: 'ratio' },
    ],
  }
}

/** Returns the disk space of all files, as `du` does; a file with two names counts once. */
export async function usedBytes(folder: string): Promise<number> {
  const blocks = new Map<number, number>()
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name))
    if (found.isFile()) blocks.set(found.ino, found.blocks)
  }
  return [...blocks.values()].reduce((sum, count) => sum + count * 512, 0)
}
