import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import type { SweepLog } from './start-sweeping.ts'

const EVERY_MS = 60_000
const RECORDS_AT_A_TIME = 500
/** Time for which a task that was given up shows the operator its last error. */
const DEAD_TASKS_KEPT_MS = 7 * 24 * 60 * 60 * 1000

/**
 * Starts the job that expires vector stores without activity and forgets records that are no longer needed. It runs
 * every minute in one of all processes.
 */
export function startStoreHousekeeping(
  { database, knowledge, now }: Pick<Context, 'database' | 'knowledge' | 'now'>,
  log: SweepLog,
): PeriodicJob {
  const { indexing } = database.vectorStores
  const expireSome = async (): Promise<number> => {
    const expired = await indexing.expireStores(now(), RECORDS_AT_A_TIME)
    for (const storeId of expired) await knowledge.index.drop(storeId)
    if (expired.length > 0) log.info({ vector_stores: expired.length }, 'expired vector stores')
    return expired.length
  }
  const run = async (signal: AbortSignal) => {
    while ((await expireSome()) === RECORDS_AT_A_TIME) if (signal.aborted) return null
    while ((await indexing.forget(now(), RECORDS_AT_A_TIME)) > 0) if (signal.aborted) return null
    const beforeMs = now() - DEAD_TASKS_KEPT_MS
    while ((await database.tasks.forgetDead(beforeMs, RECORDS_AT_A_TIME)) > 0) if (signal.aborted) return null
    return null
  }
  return shareJob(
    database.jobs,
    { name: 'vector-stores', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'vector stores could not be cleaned up'),
    now,
  )
}
