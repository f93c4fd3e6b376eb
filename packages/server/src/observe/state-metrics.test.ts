import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { openDatabase } from '../compose/open-database.ts'
import type { PoolState } from '../database/database.ts'
import { addStateMetrics } from './state-metrics.ts'

/** Returns the text of the metrics about a real database, with `changes` to its methods. */
async function textOf(changes: {
  readonly countSessions?: () => Promise<never>
  readonly pool?: () => PoolState | null
}): Promise<string> {
  const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
  const { countSessions = database.housekeeping.countSessions, pool = database.pool } = changes
  const registry = new Registry()
  addStateMetrics(registry, {
    database: { housekeeping: { ...database.housekeeping, countSessions }, pool },
    jobs: () => ({ sweep: { succeededAtMs: null, failures: 3 } }),
    damagedReads: () => 2,
  })
  const text = await registry.metrics()
  await database.close()
  return text
}

describe('metrics of the state', () => {
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

  it('include connections only when the database has a pool', async () => {
    assert.ok(!(await textOf({})).includes('waybill_database_connections'))
    const text = await textOf({ pool: () => ({ total: 5, idle: 2, waiting: 7 }) })
    assert.match(text, /^waybill_database_connections\{state="idle"\} 2$/m)
    assert.match(text, /^waybill_database_connections\{state="busy"\} 3$/m)
    assert.match(text, /^waybill_database_waiting_callers 7$/m)
  })
})
