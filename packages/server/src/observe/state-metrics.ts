import { Counter, Gauge, type Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import type { SessionCounts } from '../database/records/housekeeping.ts'
import { withDeadline } from '../platform/deadline.ts'

/** Runs of a job since the start of this process. */
export interface ObservedJob {
  /** Time of the last successful run; null when there was none. */
  readonly succeededAtMs: number | null
  readonly failures: number
}

/** State that the metrics read at each scrape. */
export interface ObservedState {
  readonly database: Pick<Database, 'housekeeping' | 'pool'>
  /** Returns the jobs by name. */
  jobs(): Readonly<Record<string, ObservedJob>>
  damagedReads(): number
}

/** Upper bound of counted rows: counting 20,000 rows in SQLite blocks the process for about 3 ms. */
const COUNTED_SESSIONS = 20_000
/** Shortest time between two counts, for all scrapers together. */
const COUNT_EVERY_MS = 10_000
/** Time limit of a count. Prometheus waits ten seconds for all metrics. */
const COUNT_TIMEOUT_MS = 2000

/** Registers the metrics of sessions, database connections, jobs and damaged reads. */
export function addStateMetrics(registry: Registry, state: ObservedState): void {
  addSessionMetrics(registry, state.database)
  addPoolMetrics(registry, state.database)
  addJobMetrics(registry, state)
  new Counter({
    name: 'waybill_damaged_reads_total',
    help: 'Reads that found an object damaged.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(state.damagedReads())
    },
  })
}

function addSessionMetrics(registry: Registry, { housekeeping }: ObservedState['database']): void {
  const counts = cached(COUNT_EVERY_MS, () => housekeeping.countSessions(COUNTED_SESSIONS))
  new Gauge({
    name: 'waybill_upload_sessions',
    help: `Upload sessions of the installation without a file, by state. Dead and ended sessions are counted up to ${COUNTED_SESSIONS}.`,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // Without the database, the other metrics must still be served.
      const counted: Partial<SessionCounts> = await withDeadline(COUNT_TIMEOUT_MS, counts()).catch(() => ({}))
      this.reset()
      for (const [kind, sessions] of Object.entries(counted)) this.set({ state: kind }, sessions)
    },
  })
}

function addPoolMetrics(registry: Registry, { pool }: ObservedState['database']): void {
  if (pool() === null) return
  new Gauge({
    name: 'waybill_database_connections',
    help: 'Connections to the database, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { total, idle } = pool() ?? { total: 0, idle: 0 }
      this.set({ state: 'idle' }, idle)
      this.set({ state: 'busy' }, total - idle)
    },
  })
  new Gauge({
    name: 'waybill_database_waiting_callers',
    help: 'Callers that wait for a connection to the database.',
    registers: [registry],
    collect() {
      this.set(pool()?.waiting ?? 0)
    },
  })
}

function addJobMetrics(registry: Registry, state: ObservedState): void {
  const startedAtMs = Date.now()
  new Gauge({
    name: 'waybill_job_age_seconds',
    help: 'Time since the last successful run of a job, or since the start of the process.',
    labelNames: ['job'],
    registers: [registry],
    collect() {
      for (const [job, { succeededAtMs }] of Object.entries(state.jobs())) {
        this.set({ job }, (Date.now() - (succeededAtMs ?? startedAtMs)) / 1000)
      }
    },
  })
  new Counter({
    name: 'waybill_job_failures_total',
    help: 'Failed runs of a job.',
    labelNames: ['job'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [job, { failures }] of Object.entries(state.jobs())) this.inc({ job }, failures)
    },
  })
}

/** Caches the result of `load` for `maxAgeMs`. Calls while it is pending share one result. */
function cached<T>(maxAgeMs: number, load: () => Promise<T>): () => Promise<T> {
  let startedAtMs = Number.NEGATIVE_INFINITY
  let isPending = false
  let result: Promise<T> | null = null
  return () => {
    if (result === null || (!isPending && performance.now() - startedAtMs >= maxAgeMs)) {
      startedAtMs = performance.now()
      isPending = true
      result = load().finally(() => {
        isPending = false
      })
    }
    return result
  }
}
