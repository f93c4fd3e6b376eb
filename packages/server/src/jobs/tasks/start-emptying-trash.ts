import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import { purgeFile } from '../../operations/files/delete-file.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import type { SweepLog } from './start-sweeping.ts'

const EVERY_MS = 60_000
const FILES_AT_A_TIME = 100

/**
 * Starts the job that deletes files `trashMs` after they were moved to the trash. It runs every minute in one of all
 * processes. Errors are logged and do not stop it.
 */
export function startEmptyingTrash(context: Context, trashMs: number, log: SweepLog): PeriodicJob {
  const { database, now } = context
  const run = async (signal: AbortSignal) => {
    const caller = jobCaller('trash')
    let purged = 0
    for (let isMore = true; isMore && !signal.aborted; ) {
      const trashedBeforeMs = now() - trashMs
      const files = await database.housekeeping.listTrashedBefore(trashedBeforeMs, FILES_AT_A_TIME)
      for (const { organizationId, id } of files) {
        if (signal.aborted) break
        if (await purgeFile(context, caller, { organizationId, id, trashedBeforeMs })) purged++
      }
      isMore = files.length === FILES_AT_A_TIME
    }
    if (purged > 0) log.info({ files: purged }, 'deleted files from the trash')
    return null
  }
  return shareJob(
    database.jobs,
    { name: 'trash', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'the trash could not be emptied'),
    now,
  )
}
