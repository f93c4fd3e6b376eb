import { type Caller, jobCaller } from '../../domain/access/caller.ts'
import { cancelRevokedSessions } from '../../operations/access/cancel-revoked-sessions.ts'
import type { Context } from '../../operations/context.ts'
import { expireFile } from '../../operations/files/delete-file.ts'
import { releaseExpiredReservations } from '../../operations/files/reserve-uploads.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { deleteRemainingBytes } from './delete-remaining-bytes.ts'
import { expireSessions } from './expire-sessions.ts'
import type { SweepLog } from './start-sweeping.ts'

/** Interval of the job. Unusable reservations take quota from other uploads, so it runs more often than a sweep. */
const EVERY_MS = 5000
const SESSIONS_AT_A_TIME = 100
const FILES_AT_A_TIME = 100

/**
 * Starts the job that expires overdue sessions, files and reservations, cancels sessions of revoked keys, and deletes bytes
 * that remain at the provider. It runs every few seconds in one of all processes. Errors are logged and do not stop it.
 */
export function startExpiring(context: Context, log: SweepLog): PeriodicJob {
  const expireSome = async (caller: Caller<null>, signal: AbortSignal): Promise<number> => {
    const findings = await expireSessions(context, {
      caller,
      isDryRun: false,
      maxFindings: SESSIONS_AT_A_TIME,
      signal,
    })
    const failed = findings.filter(({ outcome }) => outcome === 'failed')
    for (const finding of failed)
      log.warn(finding, 'the bytes of an expired upload session could not be deleted yet')
    const expired = findings.length - failed.length
    if (expired > 0) log.info({ sessions: expired }, 'expired upload sessions')
    return findings.length
  }
  const deleteFiles = async (caller: Caller<null>, signal: AbortSignal): Promise<number> => {
    const files = await context.database.housekeeping.listExpiredFiles(context.now(), FILES_AT_A_TIME)
    for (const file of files) {
      if (signal.aborted) break
      await expireFile(context, caller, file)
    }
    if (files.length > 0) log.info({ files: files.length }, 'deleted files whose time was over')
    return files.length
  }
  const deleteSome = async (caller: Caller<null>, signal: AbortSignal): Promise<number> => {
    const { deleted, failed, failure } = await deleteRemainingBytes(
      context,
      { caller, signal },
      SESSIONS_AT_A_TIME,
    )
    if (failure) log.warn({ err: failure, uploads: failed }, 'uploads could not be deleted at the provider')
    if (deleted > 0)
      log.info({ uploads: deleted }, 'deleted uploads that remained after an error of the provider')
    return deleted
  }
  const cancelSome = async (caller: Caller<null>): Promise<number> => {
    const { cancelled, failures } = await cancelRevokedSessions(context, caller, SESSIONS_AT_A_TIME)
    for (const err of failures) log.warn({ err }, 'the bytes of a revoked upload could not be removed yet')
    if (cancelled > 0) log.info({ sessions: cancelled }, 'cancelled upload sessions of revoked keys')
    return cancelled
  }
  // The loops end: every session that was found has ended in the database, even when its bytes could not be deleted.
  const run = async (signal: AbortSignal) => {
    const caller = jobCaller('expire')
    const releaseSome = () => releaseExpiredReservations(context, caller, SESSIONS_AT_A_TIME)
    while ((await expireSome(caller, signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await deleteFiles(caller, signal)) === FILES_AT_A_TIME) if (signal.aborted) break
    while ((await cancelSome(caller)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await releaseSome()) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    // The next run retries failed ones.
    while ((await deleteSome(caller, signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    return null
  }
  return shareJob(
    context.database.jobs,
    { name: 'expire', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'sessions could not be expired'),
    context.now,
  )
}
