import { Counter, Gauge, type Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import type { SessionCounts } from '../database/records/housekeeping.ts'
import type { DeliveryCounts } from '../database/records/webhooks.ts'
import type { ModelServer } from '../models/model-server.ts'
import { withDeadline } from '../platform/deadline.ts'

/** Runs of a job since the start of this process. */
export interface ObservedJob {
  /** Time of the last successful run; null when there was none. */
  readonly succeededAtMs: number | null
  readonly failures: number
}

/** Runs of the tasks of a queue since the start of this process. */
export interface ObservedQueue {
  readonly running: number
  readonly finished: number
  readonly retried: number
  readonly givenUp: number
  readonly interrupted: number
  readonly runMs: number
}

/** State that the metrics read at each scrape. */
export interface ObservedState {
  readonly database: Pick<Database, 'housekeeping' | 'tasks' | 'webhooks' | 'pool'>
  /** Returns the jobs by name. */
  jobs(): Readonly<Record<string, ObservedJob>>
  /** Returns the queues by the kind of their tasks. */
  queues(): Readonly<Record<string, ObservedQueue>>
  damagedReads(): number
  /** Returns the number of webhooks that this process has deactivated. */
  deactivatedWebhooks(): number
  readonly models: Pick<ModelServer, 'slots'>
}

/** Upper bound of counted rows: counting 20,000 rows in SQLite blocks the process for about 3 ms. */
const COUNTED_ROWS = 20_000
/** Shortest time between two counts, for all scrapers together. */
const COUNT_EVERY_MS = 10_000
/** Time limit of a count. Prometheus waits ten seconds for all metrics. */
const COUNT_TIMEOUT_MS = 2000

/** Registers the metrics of sessions, database connections, jobs, queues, damaged reads and model slots. */
export function addStateMetrics(registry: Registry, state: ObservedState): void {
  // Before the metrics that count rows, because their own queries wait for a connection too.
  addPoolMetrics(registry, state.database)
  addSessionMetrics(registry, state.database)
  addJobMetrics(registry, state)
  addTaskCounts(registry, state)
  addRunMetrics(registry, state)
  addSlotMetrics(registry, state)
  addDeliveryMetrics(registry, state)
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
  const counts = cached(COUNT_EVERY_MS, () => housekeeping.countSessions(COUNTED_ROWS))
  new Gauge({
    name: 'waybill_upload_sessions',
    help: `Upload sessions of the installation without a file, by state. Dead and ended sessions are counted up to ${COUNTED_ROWS}.`,
    labelNames: ['state'],
    aggregator: 'max',
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

function addDeliveryMetrics(registry: Registry, { database, deactivatedWebhooks }: ObservedState): void {
  const counts = cached(COUNT_EVERY_MS, () => database.webhooks.countDeliveries(COUNTED_ROWS))
  new Gauge({
    name: 'waybill_webhook_deliveries',
    help: `Deliveries of the installation that wait, for their first attempt or a repeat, or run. Each is counted up to ${COUNTED_ROWS}.`,
    labelNames: ['state'],
    aggregator: 'max',
    registers: [registry],
    async collect() {
      const counted: Partial<DeliveryCounts> = await withDeadline(COUNT_TIMEOUT_MS, counts()).catch(
        () => ({}),
      )
      this.reset()
      for (const [kind, deliveries] of Object.entries(counted)) this.set({ state: kind }, deliveries)
    },
  })
  new Counter({
    name: 'waybill_webhook_deactivations_total',
    help: 'Webhooks that were deactivated because they do not answer.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(deactivatedWebhooks())
    },
  })
}

function addJobMetrics(registry: Registry, state: ObservedState): void {
  const startedAtMs = Date.now()
  new Gauge({
    name: 'waybill_job_age_seconds',
    help: 'Time since the last successful run of a job, or since the start of the process.',
    labelNames: ['job'],
    aggregator: 'min',
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

function addTaskCounts(registry: Registry, { database, queues }: ObservedState): void {
  const counts = cached(COUNT_EVERY_MS, () =>
    Promise.all(
      Object.keys(queues()).map(
        async (kind) => [kind, await database.tasks.count(kind, COUNTED_ROWS)] as const,
      ),
    ),
  )
  // Without the database, the other metrics must still be served.
  const counted = () => withDeadline(COUNT_TIMEOUT_MS, counts()).catch(() => [])
  new Gauge({
    name: 'waybill_tasks',
    help: `Tasks of the installation by state, each counted up to ${COUNTED_ROWS}. Dead tasks were given up.`,
    labelNames: ['kind', 'state'],
    aggregator: 'max',
    registers: [registry],
    async collect() {
      this.reset()
      for (const [kind, { waiting, running, dead }] of await counted()) {
        this.set({ kind, state: 'waiting' }, waiting)
        this.set({ kind, state: 'running' }, running)
        this.set({ kind, state: 'dead' }, dead)
      }
    },
  })
  new Gauge({
    name: 'waybill_oldest_task_age_seconds',
    help: 'Age of the waiting task that is given up first; 0 when none waits.',
    labelNames: ['kind'],
    aggregator: 'max',
    registers: [registry],
    async collect() {
      this.reset()
      for (const [kind, { oldestCreatedAtMs }] of await counted())
        this.set({ kind }, (Date.now() - (oldestCreatedAtMs ?? Date.now())) / 1000)
    },
  })
}

function addRunMetrics(registry: Registry, { queues }: ObservedState): void {
  new Counter({
    name: 'waybill_task_runs_total',
    help: 'Runs of tasks in this process by their result.',
    labelNames: ['kind', 'result'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, { finished, retried, givenUp, interrupted }] of Object.entries(queues())) {
        this.inc({ kind, result: 'finished' }, finished)
        this.inc({ kind, result: 'retried' }, retried)
        this.inc({ kind, result: 'given_up' }, givenUp)
        this.inc({ kind, result: 'interrupted' }, interrupted)
      }
    },
  })
  new Counter({
    name: 'waybill_task_run_seconds_total',
    help: 'Time of all ended runs of tasks in this process.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, { runMs }] of Object.entries(queues())) this.inc({ kind }, runMs / 1000)
    },
  })
}

function addSlotMetrics(registry: Registry, { models }: ObservedState): void {
  new Gauge({
    name: 'waybill_model_slots_taken',
    help: 'Answers of models in progress, of all organizations.',
    registers: [registry],
    collect() {
      this.set(models.slots().taken)
    },
  })
  new Counter({
    name: 'waybill_model_slot_refusals_total',
    help: 'Requests that were refused because the organization had all its slots taken.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(models.slots().refused)
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
