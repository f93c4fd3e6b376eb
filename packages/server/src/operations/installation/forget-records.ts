import type { Caller } from '../../domain/access/caller.ts'
import { GONE_MS } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { IDEMPOTENCY_MS } from '../idempotency/begin-once.ts'

export interface ForgetInput {
  /** Retention of audit events. */
  readonly auditMs: number
  /** Number of records of each kind after which the run ends, approximately. */
  readonly maxExamined: number
  /** Stops the run after the current transaction. */
  readonly signal: AbortSignal
}

/**
 * Retention of deleted files. Their rows are positions in lists that clients are paging through, and refuse a late
 * register of the same path.
 */
const DELETED_FILES_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Retention of disowned names: much longer than a request that may still add the file of a removed object. */
const DISOWNED_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Retention of used-up share links, in which their creators can see them. */
const USED_UP_LINKS_KEPT_MS = 30 * 24 * 60 * 60 * 1000
/** Retention of revocations: longer than the one hour after which download links expire, and than any request. */
const REVOCATIONS_KEPT_MS = 24 * 60 * 60 * 1000

/** Limit of one transaction, so that others do not wait long. */
const ROWS_AT_A_TIME = 100

/** Deletes records after their retention, at most about `maxExamined` of each kind; returns their number. */
export const forgetRecords = defineOperation(
  { action: 'forgetRecords', kind: 'routine', scope: 'operator' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    _caller: Caller<null>,
    input: ForgetInput,
  ): Promise<number> => {
    const { housekeeping } = database
    const nowMs = now()
    const sessions = await repeat(input, (limit) => housekeeping.forgetSessions(nowMs - GONE_MS, limit))
    const files = await repeat(input, (limit) =>
      housekeeping.forgetDeletedFiles(nowMs - DELETED_FILES_KEPT_MS, limit),
    )
    const disowned = await repeat(input, (limit) =>
      housekeeping.forgetDisowned(nowMs - DISOWNED_KEPT_MS, limit),
    )
    // Before the revocations, which are kept until the links that they revoke are deleted.
    const links = await repeat(input, (limit) =>
      database.shareLinks.deleteEnded(nowMs, nowMs - USED_UP_LINKS_KEPT_MS, limit),
    )
    const revocations = await repeat(input, (limit) =>
      housekeeping.forgetRevocations(nowMs - REVOCATIONS_KEPT_MS, limit),
    )
    const events = await repeat(input, (limit) => database.audit.removeBefore(nowMs - input.auditMs, limit))
    const requests = await repeat(input, (limit) =>
      database.idempotentRequests.forget(nowMs - IDEMPOTENCY_MS, limit),
    )
    const scans = await repeat(input, (limit) => database.scans.forget(nowMs, limit))
    const responses = await repeat(input, (limit) => database.responses.deleteExpired(nowMs, limit))
    return sessions + files + disowned + links + revocations + events + requests + scans + responses
  },
)

async function repeat(
  { maxExamined, signal }: ForgetInput,
  forget: (limit: number) => Promise<number>,
): Promise<number> {
  let forgotten = 0
  while (forgotten < maxExamined && !signal.aborted) {
    const count = await forget(ROWS_AT_A_TIME)
    forgotten += count
    if (count < ROWS_AT_A_TIME) break
  }
  return forgotten
}
