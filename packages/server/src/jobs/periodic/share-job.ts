import { randomUUID } from 'node:crypto'
import type { JobRecords } from '../../database/records/jobs.ts'
import { type PeriodicJob, runPeriodically } from './run-periodically.ts'

export interface SharedJob {
  readonly name: string
  readonly everyMs: number
  /** A process leaves it to others for so long after its start. */
  readonly firstAfterMs?: number
  /** One run, from where the last one ended; where the next one goes on. Null stands for the beginning. */
  run(signal: AbortSignal, position: string | null): Promise<string | null>
}

/** A process that dies in the middle of a run keeps the job from the others for so long. */
const LEASE_MS = 30_000
const RENEW_MS = LEASE_MS / 3
/** How often a process looks whether a job is due. */
const MAX_LOOK_MS = 60_000

/**
 * Runs a job now and again `everyMs` after the end of each run, in one process of all that share the database. Where a
 * process was silent for longer than its lease, another one takes the job over: a run must bear that both are at it.
 */
export function shareJob(
  jobs: JobRecords,
  { name, everyMs, firstAfterMs = 0, run }: SharedJob,
  onFailure: (error: unknown) => void,
  now: () => number = Date.now,
): PeriodicJob {
  const holder = randomUUID()
  let succeededAtMs: number | null = null
  const take = () => jobs.take(name, holder, now(), now() + LEASE_MS)

  const runIfDue = async (stopping: AbortSignal) => {
    const { isTaken, position, finishedAtMs } = await take()
    succeededAtMs = finishedAtMs
    if (!isTaken) return
    const losing = new AbortController()
    const renewing = setInterval(async () => {
      const renewed = await take().catch(() => null)
      if (renewed && !renewed.isTaken) losing.abort()
    }, RENEW_MS)
    try {
      const signal = AbortSignal.any([stopping, losing.signal])
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

  const job = runPeriodically(Math.min(everyMs, MAX_LOOK_MS), runIfDue, onFailure, firstAfterMs)
  return { ...job, runs: () => ({ ...job.runs(), succeededAtMs }) }
}
