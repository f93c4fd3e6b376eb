import { endRevokedSessions } from '../../operations/access/revoke-sessions.ts'
import type { Context } from '../../operations/context.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { endUploads } from './end-uploads.ts'
import { expireUploads } from './expire-uploads.ts'
import type { SweepLog } from './start-sweeping.ts'

/** A reservation that nobody can use any more keeps others out, so this comes more often than a sweep. */
const EVERY_MS = 5000
const SESSIONS_AT_A_TIME = 100

/**
 * Starts the job that expires overdue sessions and reservations, ends sessions of revoked keys, and ends orphaned
 * uploads at the provider. Runs every few seconds in one of all processes. Errors are logged and do not stop the job.
 */
export function startExpiring(context: Context, log: SweepLog): PeriodicJob {
  const { reservations } = context.database
  const expireSome = async (signal: AbortSignal): Promise<number> => {
    const findings = await expireUploads(context, {
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
  const endSome = async (signal: AbortSignal): Promise<number> => {
    const { ended, failed, failure } = await endUploads(context, SESSIONS_AT_A_TIME, signal)
    if (failure) log.warn({ err: failure, uploads: failed }, 'uploads could not be ended at the provider')
    if (ended > 0) log.info({ uploads: ended }, 'ended uploads that a fault of the provider had left')
    return ended
  }
  const revokeSome = async (): Promise<number> => {
    const { ended, failures } = await endRevokedSessions(context, null, SESSIONS_AT_A_TIME)
    for (const err of failures) log.warn({ err }, 'the bytes of a revoked upload could not be removed yet')
    if (ended > 0) log.info({ sessions: ended }, 'ended upload sessions of revoked keys')
    return ended
  }
  // However many there are; each that was found is expired in the database, whatever became of its bytes.
  const run = async (signal: AbortSignal) => {
    while ((await expireSome(signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await revokeSome()) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    while ((await reservations.releaseExpired(context.now(), SESSIONS_AT_A_TIME)) === SESSIONS_AT_A_TIME)
      if (signal.aborted) break
    // One that fails is tried again by the next run.
    while ((await endSome(signal)) === SESSIONS_AT_A_TIME) if (signal.aborted) break
    return null
  }
  return shareJob(
    context.database.jobs,
    { name: 'expire', everyMs: EVERY_MS, run },
    (error) => log.warn({ err: error }, 'sessions could not be expired'),
    context.now,
  )
}
