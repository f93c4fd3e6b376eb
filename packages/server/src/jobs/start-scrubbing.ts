import { randomInt } from 'node:crypto'
import type { ObjectStorage } from '../storage/storage.ts'
import { type PeriodicJob, runPeriodically } from './run-periodically.ts'
import { scrub } from './scrub.ts'

export interface ScrubLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface ScrubSchedule {
  /** Between the end of a run and the beginning of the next. */
  readonly everyMs: number
  readonly bytesPerSecond: number
}

/** A server that has just started has other things to do. */
const FIRST_AFTER_MS = 10 * 60 * 1000

/**
 * Reads everything again and again, and logs what is damaged. A run begins anywhere, so that a server that is often
 * restarted comes to all of it too.
 */
export function startScrubbing(
  storage: ObjectStorage,
  { everyMs, bytesPerSecond }: ScrubSchedule,
  log: ScrubLog,
): PeriodicJob {
  const run = async (signal: AbortSignal) => {
    const { objects, bytes, damage } = await scrub(storage, {
      bytesPerSecond,
      signal,
      firstSection: randomInt(storage.holdings.sections),
      onDamage: (found) => log.error(found, 'a scrub found damage'),
    })
    if (!signal.aborted) log.info({ objects, bytes, damaged: damage.length }, 'scrubbed the storage')
  }
  return runPeriodically(everyMs, run, (error) => log.error({ err: error }, 'a scrub failed'), FIRST_AFTER_MS)
}
