import { jobCaller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import type { Log } from '../../operations/log.ts'
import type { PeriodicJob } from '../periodic/run-periodically.ts'
import { shareJob } from '../periodic/share-job.ts'
import { SWEEP_START, type SweepPosition, sweep } from './sweep.ts'

export interface SweepLog extends Log {
  info(facts: object, message: string): void
}

const EVERY_MS = 5 * 60 * 1000
/** Interval for a storage at a provider, which charges for listings. */
const DELEGATED_EVERY_MS = 24 * 60 * 60 * 1000
/** Limits of one run, which leave resources to requests. The next run continues where this one ended. */
const MAX_FINDINGS = 1000
const MAX_EXAMINED = 10_000

/**
 * Sweeps every few minutes, in one process of the installation. A failure is logged and ends neither the job nor the
 * process. A storage that other programs can write to is swept once a day, and objects without a record are only
 * reported, because they may belong to another program.
 */
export function startSweeping(context: Context, auditMs: number, log: SweepLog): PeriodicJob {
  const { isExclusive } = context.storage
  const run = async (signal: AbortSignal, position: string | null) => {
    const limits = { maxFindings: MAX_FINDINGS, maxExamined: MAX_EXAMINED, auditMs }
    const from = position === null ? SWEEP_START : (JSON.parse(position) as SweepPosition)
    const swept = await sweep(
      context,
      { ...limits, caller: jobCaller('sweep'), signal, isDryRun: false, removesUnexplained: isExclusive },
      from,
    )
    const expired = swept.findings.filter(isExpected).length
    if (expired > 0) log.info({ sessions: expired }, 'expired upload sessions')
    for (const finding of swept.findings) {
      if (!isExpected(finding)) log.warn(finding, 'the sweep found a problem')
    }
    return JSON.stringify(swept.next)
  }

  return shareJob(
    context.database.jobs,
    { name: 'sweep', everyMs: isExclusive ? EVERY_MS : DELEGATED_EVERY_MS, run },
    (error) => log.warn({ err: error }, 'the sweep failed'),
    context.now,
  )
}

/** Returns true for findings of normal operation. */
function isExpected({ kind, outcome }: { kind: string; outcome: string }): boolean {
  return kind === 'overdue-session' && outcome === 'removed'
}
