import { GONE_MS } from '../../domain/uploads/upload-session.ts'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/** A deleted file's row is a place in lists that clients page through, and refuses a late register of its path. */
const DELETED_FILES_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Far longer than any request that could still come with the file of an object that was swept. */
const DISOWNED_KEPT_MS = 30 * 24 * 60 * 60 * 1000

/** Retention of revocations: longer than the one hour after which download links expire. */
const REVOCATIONS_KEPT_MS = 24 * 60 * 60 * 1000

/** One transaction deletes this many at most, so that it keeps no other waiting. */
const ROWS_AT_A_TIME = 100

/** Deletes records that nobody can ask for any more; how many, at most about `maxExamined` of each kind. */
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
