import { cancelRevokedSessions } from '../../operations/access/cancel-revoked-sessions.ts'
import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { deleteRemainingBytes } from './delete-remaining-bytes.ts'
import { expireSessions } from './expire-sessions.ts'
import type { SweepLog } from './start-sweeping.ts'

/** A reservation that nobody can use any more keeps others out, so this comes more often than a sweep. */
const EVERY_MS = 5000
const SESSIONS_AT_A_TIME = 100

/**
 * Starts the job that expires overdue sessions and reservations, cancels sessions of revoked keys, and deletes bytes
 * that remain at the provider. Runs every few seconds in one of all processes. Errors are logged and do not stop the job.
 */
export function startExpiring(context: Context, log: SweepLog): PeriodicJob {
  const { reservations } = context.database
  const expireSome = async (signal: AbortSignal): Promise<number> => {
    const findings = await expireSessions(context, {
      isDryRun: false,
      maxFindings: SESSIONS_AT_A_TIME,
      signal,
    })
    const failed = findings.filter(({ outcome }) => outcome === 'failed')
    for (const finding of failed) log.warn(finding, 'an upload session could not be expired whole')
    const expired = findings.length - failed.length
    if (expired > 0) log.info({ sessions: expired }, 'expired upload sessions')
    return findings.length
  }
  const deleteSome = async (signal: AbortSignal): Promise<number> => {
    const { deleted, failed, failure } = await deleteRemainingBytes(context, SESSIONS_AT_A_TIME, signal)
    if (failure) log.warn({ err: failure, uploads: failed }, 'uploads could not be ended at the provider')
    if (deleted > 0) log.info({ uploads: deleted }, 'ended uploads that a fault of the provider had left')
    return deleted
  }
  const cancelSome = async (): Promise<number> => {
    const { cancelled, failures } = await cancelRevokedSessions(context, null, SESSIONS_AT_A_TIME)
    for (const err of failures) log.warn({ err }, 'the bytes of a revoked upload could not be removed yet')
    if (cancelled > 0) log.info({ sessions: cancelled }, 'ended upload sessions of revoked keys')
    return cancelled
  }
  // However many there are; each that was found is expired in the database, whatever became of its bytes.
  const run = async (signal: AbortSignal) => {
    while ((await expireSome(signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await cancelSome()) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await reservations.releaseExpired(context.now(), SESSIONS_AT_A_TIME)) === SESSIONS_AT_A_TIME)
      if (signal.aborted) break
    // One that fails is tried again by the next run.
    while ((await deleteSome(signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    return null
  }
  return shareJob(
    context.database.jobs,
    { name: 'expire', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'sessions could not be expired'),
    context.now,
  )
}
