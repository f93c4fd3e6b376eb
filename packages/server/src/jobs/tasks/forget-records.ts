import { GONE_MS } from '../../domain/uploads/upload-session.ts'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/**
 * Retention of deleted files. Their rows are positions in lists that clients are paging through, and refuse a late
 * register of the same path.
 */
const DELETED_FILES_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Retention of disowned names: much longer than a request that may still add the file of a removed object. */
const DISOWNED_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Retention of revocations: longer than the one hour after which download links expire. */
const REVOCATIONS_KEPT_MS = 24 * 60 * 60 * 1000

/** Limit of one transaction, so that others do not wait long. */
const ROWS_AT_A_TIME = 100

/** Deletes records after their retention, at most about `maxExamined` of each kind; returns their number. */
export async function forgetRecords({ database, now }: SweepContext, run: SweepRun): Promise<number> {
  const { housekeeping } = database
  const nowMs = now()
  const sessions = await repeat(run, (limit) => housekeeping.forgetSessions(nowMs - GONE_MS, limit))
  const files = await repeat(run, (limit) =>
    housekeeping.forgetDeletedFiles(nowMs - DELETED_FILES_KEPT_MS, limit),
  )
  const disowned = await repeat(run, (limit) => housekeeping.forgetDisowned(nowMs - DISOWNED_KEPT_MS, limit))
  const revocations = await repeat(run, (limit) =>
    housekeeping.forgetRevocations(nowMs - REVOCATIONS_KEPT_MS, limit),
  )
  const events = await repeat(run, (limit) => database.audit.removeBefore(nowMs - run.auditMs, limit))
  return sessions + files + disowned + revocations + events
}

async function repeat(run: SweepRun, forget: (limit: number) => Promise<number>): Promise<number> {
  let forgotten = 0
  while (forgotten < run.maxExamined && !run.signal.aborted) {
    const count = await forget(ROWS_AT_A_TIME)
    forgotten += count
    if (count < ROWS_AT_A_TIME) break
  }
  return forgotten
}
