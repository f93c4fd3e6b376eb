import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createTestDatabase,
  type TestDatabase,
  withoutPostgres,
} from '../../../test/postgres/test-database.ts'
import type { Database } from '../database.ts'
import { recordStatements } from '../sql/record-statements.conformance.ts'
import type { Step } from '../sql/transactions.ts'
import { type Connection, createConnection } from './connection.ts'
import { openPostgresDatabase } from './postgres-database.ts'

const TASKS = 20_000
/** Rows that a statement may read of `tasks`; a count reads its limit, which is 9 here, for each state. */
const MAX_ROWS = 200

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

describe('every PostgreSQL statement on tasks', { skip: withoutPostgres }, () => {
  let test: TestDatabase
  let database: Database
  let connection: Connection
  let statements: readonly Step[]

  before(async () => {
    test = await createTestDatabase()
    database = await openPostgresDatabase({ url: test.url, maxConnections: 4 }, () => {})
    connection = createConnection({ url: test.url, maxConnections: 2 }, () => {})
    const { tasks } = await recordStatements(database, connection.transactions)
    statements = tasks
    await connection.statements.change(
      `INSERT INTO tasks (id, kind, organization_id, key, payload, state, attempts, run_at_ms, deadline_at_ms, created_at_ms)
       SELECT 'task_' || n, 'k', (SELECT min(id) FROM organizations), 'key' || n, '{}', 'ready', 0, n, 99, n
       FROM generate_series(1, ${TASKS}) AS n`,
    )
  })
  after(async () => {
    await connection?.close()
    await database?.close()
    await test?.remove()
  })

  for (const [name, prepare] of [
    ['without statistics', async () => {}],
    ['with statistics', async () => void (await connection.statements.change('ANALYZE tasks'))],
  ] as const) {
    it(`reads few of ${TASKS} waiting tasks, ${name}`, async () => {
      await prepare()
      assert.ok(statements.length > 15, String(statements.length))
      for (const { sql, parameters } of statements) {
        const rows = rowsReadOf(await explain(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters))
        assert.ok(rows <= MAX_ROWS, `${rows} rows: ${sql}`)
      }
    })
  }

  /** Runs the statement without an effect, and returns its plan. */
  const explain = async (sql: string, parameters: Step['parameters']): Promise<Plan> => {
    const plans: Plan[] = []
    const undo = new Error('undone')
    const run = connection.transaction(async (inside) => {
      const row = await inside.get(sql, parameters)
      const [{ Plan: plan }] = (row?.['QUERY PLAN'] ?? assert.fail(sql)) as [{ Plan: Plan }]
      plans.push(plan)
      throw undo
    })
    await assert.rejects(run, undo)
    return plans[0] ?? assert.fail(sql)
  }
})

function rowsReadOf(plan: Plan): number {
  const { 'Actual Rows': rows = 0, 'Actual Loops': loops = 1, 'Rows Removed by Filter': removed = 0 } = plan
  const own = plan['Relation Name'] === 'tasks' ? (rows + removed) * loops : 0
  return (plan.Plans ?? []).reduce((sum, part) => sum + rowsReadOf(part), own)
}
