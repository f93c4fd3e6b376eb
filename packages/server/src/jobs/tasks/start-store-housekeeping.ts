import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import { embedAgain } from '../../operations/vector-stores/embed-again.ts'
import {
  expireVectorStores,
  forgetStoreRecords,
} from '../../operations/vector-stores/expire-vector-stores.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import type { SweepLog } from './start-sweeping.ts'

const EVERY_MS = 60_000
const RECORDS_AT_A_TIME = 500

/**
 * Starts the job that expires vector stores without activity and forgets records that are no longer needed. It runs
 * every minute in one of all processes.
 */
export function startStoreHousekeeping(context: Context, log: SweepLog): PeriodicJob {
  const run = async (signal: AbortSignal) => {
    const caller = jobCaller('vector-stores')
    const expireSome = () => expireVectorStores(context, caller, RECORDS_AT_A_TIME)
    const forgetSome = () => forgetStoreRecords(context, caller, RECORDS_AT_A_TIME)
    let expired = 0
    for (let some = await expireSome(); some > 0 && !signal.aborted; some = await expireSome())
      expired += some
    if (expired > 0) log.info({ vector_stores: expired }, 'expired vector stores')
    // Some at a time, because new files wait for the model server too.
    const embedded = await embedAgain(context, caller, RECORDS_AT_A_TIME)
    if (embedded > 0) log.info({ files: embedded }, 'embedding files again with the present model')
    while ((await forgetSome()) > 0) if (signal.aborted) break
    return null
  }
  return shareJob(
    context.database.jobs,
    { name: 'vector-stores', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'vector stores could not be cleaned up'),
    context.now,
  )
}
