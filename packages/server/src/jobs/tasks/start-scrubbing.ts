import { randomInt } from 'node:crypto'
import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { scrubFiles } from './scrub-files.ts'

export interface ScrubLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface ScrubSchedule {
  /** Interval between the end of a run and the start of the next one. */
  readonly everyMs: number
  readonly bytesPerSecond: number
}

/** Delay after the start of a server, which is busy with other work at first. */
const FIRST_AFTER_MS = 10 * 60 * 1000

/**
 * Starts the job that reads all objects repeatedly in one of all processes, logs damaged ones and marks their Files. A run
 * begins with a random section, so that all sections are read even when restarts interrupt every run.
 */
export function startScrubbing(
  context: Pick<Context, 'database' | 'storage' | 'now'>,
  { everyMs, bytesPerSecond }: ScrubSchedule,
  log: ScrubLog,
): PeriodicJob {
  const { database, storage, now } = context
  const run = async (signal: AbortSignal) => {
    const { objects, bytes, damage } = await scrubFiles(context, {
      bytesPerSecond,
      signal,
      firstSection: randomInt(storage.inventory.sections),
      onDamage: (found) => log.error(found, 'the scrub found a damaged object'),
    })
    if (!signal.aborted) log.info({ objects, bytes, damaged: damage.length }, 'scrubbed the storage')
    return null
  }
  const job = { name: 'scrub', everyMs, firstAfterMs: FIRST_AFTER_MS, run }
  return shareJob(database.jobs, job, (error) => log.error({ err: error }, 'the scrub failed'), now)
}
