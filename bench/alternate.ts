import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** One side of a comparison: measures once, and removes everything that it stored. */
export interface Contestant<Sample> {
  readonly name: string
  measure(): Promise<Sample>
}

/**
 * Measures all contestants in each round. Each round begins with a different one, so that other load on the machine
 * affects all equally. Pending disk writes of the previous contestant are flushed before each measurement.
 */
export async function alternate<Sample>(
  rounds: number,
  contestants: readonly Contestant<Sample>[],
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map(contestants.map(({ name }): [string, Sample[]] => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length]
      if (!contestant) continue
      await promisify(execFile)('sync')
      samples.get(contestant.name)?.push(await contestant.measure())
    }
  }
  return samples
}
