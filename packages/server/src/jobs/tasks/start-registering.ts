import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { registerCompleteUploads } from './register-complete-uploads.ts'
import type { SweepLog } from './start-sweeping.ts'

const EVERY_MS = 60_000
/** Upper bound of the sessions of one run, because each look-up in storage blocks the thread for about 0.1 ms. */
const SESSIONS_AT_A_TIME = 1000

/**
 * Starts the job that registers complete uploads whose last request could not do so. It runs every minute in one of all
 * processes, and each run continues after the sessions of the one before.
 */
export function startRegistering(context: Context, log: SweepLog): PeriodicJob {
  const run = async (signal: AbortSignal, position: string | null) => {
    const { registered, refused, failure, lastId } = await registerCompleteUploads(context, {
      caller: jobCaller('register'),
      signal,
      afterId: position ?? '',
      limit: SESSIONS_AT_A_TIME,
    })
    if (failure) log.warn({ err: failure }, 'complete uploads could not be registered yet')
    if (registered + refused > 0) log.info({ registered, refused }, 'registered complete uploads')
    return lastId
  }
  return shareJob(
    context.database.jobs,
    { name: 'register', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'complete uploads could not be registered'),
    context.now,
  )
}
