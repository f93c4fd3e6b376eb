import { randomUUID } from 'node:crypto'
import type { JobRecords } from '../../database/records/jobs.ts'
import { type PeriodicJob, runPeriodically } from './run-periodically.ts'

export interface SharedJob {
  readonly name: string
  readonly everyMs: number
  /** Delay after the start of a process before it runs the job; 0 when absent. */
  readonly firstAfterMs?: number
  /** Runs once from `position`, and returns the position of the next run; null for the beginning. */
  run(signal: AbortSignal, position: string | null): Promise<string | null>
}

/** Longest time that a crashed process keeps the job from the others. */
const LEASE_MS = 30_000
const RENEW_MS = LEASE_MS / 3
/** Longest interval at which a process checks if a job is due. */
const MAX_CHECK_MS = 60_000

/**
 * Runs a job in one of the processes that share the database: first when it is due, and again `everyMs` after the end
 * of each run. When a process does not renew its lease in time, another one takes the job over. A run must therefore
 * tolerate a concurrent one.
 */
export function shareJob(
  jobs: JobRecords,
  { name, everyMs, firstAfterMs = 0, run }: SharedJob,
  onFailure: (error: unknown) => void,
  now: () => number = Date.now,
): PeriodicJob {
  const holder = randomUUID()
  let succeededAtMs: number | null = null
  const acquire = () => jobs.acquire(name, holder, now(), now() + LEASE_MS)

  const runIfDue = async (stopping: AbortSignal) => {
    const { isAcquired, position, finishedAtMs } = await acquire()
    succeededAtMs = finishedAtMs
    if (!isAcquired) return
    const leaseLost = new AbortController()
    const renewing = setInterval(async () => {
      const renewed = await acquire().catch(() => null)
      if (renewed && !renewed.isAcquired) leaseLost.abort()
    }, RENEW_MS)
    try {
      const signal = AbortSignal.any([stopping, leaseLost.signal])
      const next = await run(signal, position)
      if (signal.aborted) return await jobs.release(name, holder, now())
      succeededAtMs = now()
      await jobs.finish(name, holder, {
        finishedAtMs: succeededAtMs,
        dueAtMs: succeededAtMs + everyMs,
        position: next,
      })
    } catch (error) {
      await jobs.release(name, holder, now() + everyMs).catch(() => {})
      throw error
    } finally {
      clearInterval(renewing)
    }
  }

  const job = runPeriodically(Math.min(everyMs, MAX_CHECK_MS), runIfDue, onFailure, firstAfterMs)
  return { ...job, runs: () => ({ ...job.runs(), succeededAtMs }) }
}
