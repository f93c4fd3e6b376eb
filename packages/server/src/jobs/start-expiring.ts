import type { Context } from '../operations/context.ts'
import { expireUploads } from './expire-uploads.ts'
import { type PeriodicJob, runPeriodically } from './run-periodically.ts'
import type { SweepLog } from './start-sweeping.ts'

/** A reservation that nobody can use any more keeps others out, so this comes more often than a sweep. */
const EVERY_MS = 5000
const MAX_SESSIONS = 100

/** Expires the sessions whose time is over, now and every few seconds. What goes wrong is logged, and ends nothing. */
export function startExpiring(context: Context, log: SweepLog): PeriodicJob {
  const run = async (signal: AbortSignal) => {
    const findings = await expireUploads(context, { isDryRun: false, maxFindings: MAX_SESSIONS, signal })
    const failed = findings.filter(({ outcome }) => outcome === 'failed')
    for (const finding of failed) log.warn(finding, 'an upload session could not be expired whole')
    const expired = findings.length - failed.length
    if (expired > 0) log.info({ sessions: expired }, 'expired upload sessions')
  }
  return runPeriodically(EVERY_MS, run, (error) => log.warn({ err: error }, 'sessions could not be expired'))
}
