import { randomInt } from 'node:crypto'
import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
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
 * Reads everything again and again, in one process of all, and logs what is damaged. A run begins anywhere, so that an
 * installation whose servers are often restarted comes to all of it too.
 */
export function startScrubbing(
  { database, storage, now }: Pick<Context, 'database' | 'storage' | 'now'>,
  { everyMs, bytesPerSecond }: ScrubSchedule,
  log: ScrubLog,
): PeriodicJob {
  const run = async (signal: AbortSignal) => {
    const { objects, bytes, damage } = await scrub(storage, {
      bytesPerSecond,
      signal,
      firstSection: randomInt(storage.inventory.sections),
      onDamage: (found) => log.error(found, 'a scrub found damage'),
    })
    if (!signal.aborted) log.info({ objects, bytes, damaged: damage.length }, 'scrubbed the storage')
    return null
  }
  const job = { name: 'scrub', everyMs, firstAfterMs: FIRST_AFTER_MS, run }
  return shareJob(database.jobs, job, (error) => log.error({ err: error }, 'a scrub failed'), now)
}
