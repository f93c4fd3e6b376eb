import type { JobRecords } from '../records/jobs.ts'
import type { Statements } from './statements.ts'

/** Acquires or extends a lease in one statement, so that only one of several concurrent processes gets it. */
const ACQUIRE = `
  INSERT INTO job_runs (name, holder, due_at_ms) VALUES ($job, $holder, $untilMs)
  ON CONFLICT (name) DO UPDATE SET holder = $holder, due_at_ms = $untilMs
  WHERE job_runs.due_at_ms <= $nowMs OR job_runs.holder = $holder
  RETURNING position, finished_at_ms`

/** Job leases, equal on both databases. */
export function createJobStatements({ get, change }: Statements): JobRecords {
  return {
    acquire: async (job, holder, nowMs, untilMs) => {
      const { rows } = await change(ACQUIRE, { job, holder, nowMs, untilMs })
      const isAcquired = rows.length > 0
      const row =
        rows[0] ?? (await get('SELECT position, finished_at_ms FROM job_runs WHERE name = $job', { job }))
      return {
        isAcquired,
        position: row?.position == null ? null : String(row.position),
        finishedAtMs: row?.finished_at_ms == null ? null : Number(row.finished_at_ms),
      }
    },

    release: async (job, holder, dueAtMs) => {
      await change(
        "UPDATE job_runs SET holder = '', due_at_ms = $dueAtMs WHERE name = $job AND holder = $holder",
        { job, holder, dueAtMs },
      )
    },

    finish: async (job, holder, { finishedAtMs, dueAtMs, position }) => {
      await change(
        `UPDATE job_runs SET holder = '', due_at_ms = $dueAtMs, position = $position, finished_at_ms = $finishedAtMs
         WHERE name = $job AND holder = $holder`,
        { job, holder, dueAtMs, position, finishedAtMs },
      )
    },
  }
}
