import { Counter, Gauge, type Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import type { SessionCounts } from '../database/records/housekeeping.ts'
import { withDeadline } from '../platform/deadline.ts'

/** What has come of a job since this process began. */
export interface ObservedJob {
  /** Null where no run has gone well yet. */
  readonly succeededAtMs: number | null
  readonly failures: number
}

/** What the metrics look at when they are asked for. */
export interface ObservedState {
  readonly database: Pick<Database, 'housekeeping' | 'pool'>
  /** By name. */
  jobs(): Readonly<Record<string, ObservedJob>>
  damagedReads(): number
}

/** Upper bound of counted rows: counting 20,000 rows in SQLite blocks the process for about 3 ms. */
const COUNTED_SESSIONS = 20_000
/** However many scrapers there are. */
const COUNT_EVERY_MS = 10_000
/** Prometheus itself waits ten seconds. */
const COUNT_TIMEOUT_MS = 2000

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
  const counts = atMostEvery(COUNT_EVERY_MS, () => housekeeping.countSessions(COUNTED_SESSIONS))
  new Gauge({
    name: 'waybill_upload_sessions',
    help: `Upload sessions of the installation that made no file, by state; dead and ended each up to ${COUNTED_SESSIONS}.`,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // A database that is down, or hangs, must not take all other metrics with it.
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
  const beganAtMs = Date.now()
  new Gauge({
    name: 'waybill_job_age_seconds',
    help: 'Since a job last went well; since the start of the process where it has not yet.',
    labelNames: ['job'],
    registers: [registry],
    collect() {
      for (const [job, { succeededAtMs }] of Object.entries(state.jobs())) {
        this.set({ job }, (Date.now() - (succeededAtMs ?? beganAtMs)) / 1000)
      }
    },
  })
  new Counter({
    name: 'waybill_job_failures_total',
    help: 'Runs of a job that failed.',
    labelNames: ['job'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [job, { failures }] of Object.entries(state.jobs())) this.inc({ job }, failures)
    },
  })
}

/** Whoever asks again within `everyMs`, or while an answer is on its way, gets the same one. */
function atMostEvery<T>(everyMs: number, ask: () => Promise<T>): () => Promise<T> {
  let askedAtMs = Number.NEGATIVE_INFINITY
  let isUnderWay = false
  let answer: Promise<T> | null = null
  return () => {
    if (answer === null || (!isUnderWay && performance.now() - askedAtMs >= everyMs)) {
      askedAtMs = performance.now()
      isUnderWay = true
      answer = ask().finally(() => {
        isUnderWay = false
      })
    }
    return answer
  }
}
