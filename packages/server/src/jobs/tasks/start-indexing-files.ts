import { setTimeout as delay } from 'node:timers/promises'
import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import { indexFiles } from '../../operations/files/index-files.ts'
import { type PeriodicJob, runPeriodically } from '../periodic/run-periodically.ts'
import type { SweepLog } from './start-sweeping.ts'

/** Interval of the job. Searches read files that wait one by one, so they must be few. */
const EVERY_MS = 1000
/** Files of one transaction, which blocks others on SQLite for some milliseconds. */
const FILES_AT_A_TIME = 32
/** Pause between two transactions, which leaves most of the thread to requests while many files wait. */
const PAUSE_MS = 8
const PAUSE_AFTER_FAILURE_MS = 30_000

/**
 * Starts the job that adds uploaded, renamed and moved files to the indexes of searches. Every process runs it: a run
 * that finds no file costs one read, and processes never index the same file.
 */
export function startIndexingFiles(context: Context, log: SweepLog): PeriodicJob {
  const run = async (signal: AbortSignal) => {
    const indexSome = () => indexFiles(context, jobCaller('file-index'), FILES_AT_A_TIME)
    try {
      while ((await indexSome()) === FILES_AT_A_TIME && !signal.aborted) await delay(PAUSE_MS)
    } catch (error) {
      // A full disk or a lost database stays so for a while.
      await delay(PAUSE_AFTER_FAILURE_MS, undefined, { signal }).catch(() => {})
      throw error
    }
  }
  return runPeriodically(EVERY_MS, run, (error) =>
    log.warn({ err: error }, 'files could not be indexed for searches'),
  )
}
