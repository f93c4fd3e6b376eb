import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import { forgetEvents, noteExpiringFiles } from '../../operations/events/keep-events.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import type { SweepLog } from './start-sweeping.ts'

const EVERY_MS = 60_000
const EVENTS_AT_A_TIME = 500

/** Starts the job that tells of Files that expire soon, and deletes old events. It runs every minute in one process. */
export function startKeepingEvents(context: Context, eventMs: number, log: SweepLog): PeriodicJob {
  const limit = EVENTS_AT_A_TIME
  const run = async (signal: AbortSignal) => {
    const caller = jobCaller('events')
    while ((await noteExpiringFiles(context, caller, limit)) >= limit) if (signal.aborted) break
    while ((await forgetEvents(context, caller, { eventMs, limit })) === limit) if (signal.aborted) break
    return null
  }
  return shareJob(
    context.database.jobs,
    { name: 'events', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'old events could not be deleted'),
    context.now,
  )
}
