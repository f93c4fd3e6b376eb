import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { openDatabase } from '../compose/open-database.ts'
import type { Database, PoolState } from '../database/database.ts'
import type { TaskCounts } from '../database/records/tasks.ts'
import { addStateMetrics } from './state-metrics.ts'

/** Returns the text of the metrics about a real database, with `changes` to its methods. */
async function textOf(changes: {
  readonly countSessions?: Database['housekeeping']['countSessions']
  readonly pool?: () => PoolState | null
  readonly count?: () => Promise<TaskCounts>
}): Promise<string> {
  const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
  const {
    countSessions = database.housekeeping.countSessions,
    pool = database.pool,
    count = database.tasks.count,
  } = changes
  const registry = new Registry()
  addStateMetrics(registry, {
    database: {
      housekeeping: { ...database.housekeeping, countSessions },
      tasks: { ...database.tasks, count },
      webhooks: database.webhooks,
      pool,
    },
    jobs: () => ({ sweep: { succeededAtMs: null, failures: 3 } }),
    queues: () => ({
      indexing: { running: 1, finished: 5, retried: 4, givenUp: 3, interrupted: 2, runMs: 1500 },
    }),
    damagedReads: () => 2,
    deactivatedWebhooks: () => 4,
    models: { slots: () => ({ taken: 1, refused: 3 }) },
  })
  const text = await registry.metrics()
  await database.close()
  return text
}

describe('metrics of the state', () => {
  it('count the deliveries that wait, and the webhooks that were deactivated', async () => {
    const text = await textOf({})
    assert.match(text, /^waybill_webhook_deliveries\{state="waiting"\} 0$/m)
    assert.match(text, /^waybill_webhook_deactivations_total 4$/m)
  })

  it('omit the sessions when the database is down or does not respond', async () => {
    const down = () => Promise.reject(new Error('down'))
    const silent = () => new Promise<never>(() => {})
    for (const countSessions of [down, silent]) {
      const text = await textOf({ countSessions })
      assert.ok(!text.includes('waybill_upload_sessions{'))
      assert.match(text, /^waybill_damaged_reads_total 2$/m)
      assert.match(text, /^waybill_job_failures_total\{job="sweep"\} 3$/m)
    }
    assert.match(await textOf({}), /^waybill_upload_sessions\{state="open"\} 0$/m)
  })

  it('include the tasks of a queue, and their runs without the database', async () => {
    const oldestCreatedAtMs = Date.now() - 60_000
    const text = await textOf({ count: async () => ({ waiting: 7, running: 2, dead: 1, oldestCreatedAtMs }) })
    for (const [state, tasks] of Object.entries({ waiting: 7, running: 2, dead: 1 }))
      assert.ok(text.includes(`waybill_tasks{kind="indexing",state="${state}"} ${tasks}\n`), state)
    assert.match(text, /^waybill_oldest_task_age_seconds\{kind="indexing"\} 6\d/m)
    const down = await textOf({ count: () => Promise.reject(new Error('down')) })
    assert.ok(!down.includes('waybill_tasks{'))
    for (const [result, runs] of Object.entries({ finished: 5, retried: 4, given_up: 3, interrupted: 2 }))
      assert.ok(
        down.includes(`waybill_task_runs_total{kind="indexing",result="${result}"} ${runs}\n`),
        result,
      )
    assert.match(down, /^waybill_task_run_seconds_total\{kind="indexing"\} 1.5$/m)
    assert.match(await textOf({}), /^waybill_oldest_task_age_seconds\{kind="indexing"\} 0$/m)
  })

  it('tell of no callers that wait when only the queries of the metrics do', async () => {
    let waiting = 0
    const text = await textOf({
      countSessions: async () => {
        waiting++
        return { open: 0, dead: 0, ended: 0 }
      },
      pool: () => ({ total: 5, idle: 5, waiting }),
    })
    assert.equal(waiting, 1)
    assert.match(text, /^waybill_database_waiting_callers 0$/m)
  })

  it('include connections only when the database has a pool', async () => {
    assert.ok(!(await textOf({})).includes('waybill_database_connections'))
    const text = await textOf({ pool: () => ({ total: 5, idle: 2, waiting: 7 }) })
    assert.match(text, /^waybill_database_connections\{state="idle"\} 2$/m)
    assert.match(text, /^waybill_database_connections\{state="busy"\} 3$/m)
    assert.match(text, /^waybill_database_waiting_callers 7$/m)
  })
})
