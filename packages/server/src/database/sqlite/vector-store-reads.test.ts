import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type RecordedStatements, recordStatements } from '../sql/record-statements.conformance.ts'
import { openConnection } from './connection.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const TABLES = /\b(SCAN|SEARCH) (vector_stores|vector_store_\w+|files|tasks)\b.*/
/** Parts of an index that grow with an organization or with a store. */
const WIDE = /\((organization_id|vector_store_id|kind)=\?\)$/
/** Queries that may read all stores of an organization, all rows of a store that is being emptied, or count tasks. */
const MAY_BE_WIDE = [
  /count\(\*\) AS total FROM vector_stores/,
  /AS stores/,
  /SELECT id FROM vector_store/,
  /AS counted/,
]

describe('every SQLite query on vector stores and tasks', () => {
  let folder: string
  let plans: readonly {
    readonly sql: string
    readonly steps: readonly string[]
    readonly isSorted: boolean
  }[]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-plans-'))
    const path = join(folder, 'waybill.db')
    const statements = Object.values(await runAll(path)).flat()
    const sqlite = new DatabaseSync(path)
    plans = statements.map(({ sql, parameters }) => {
      const rows = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters)
      const isSorted = rows.some(({ detail }) => String(detail).includes('TEMP B-TREE'))
      return { sql, isSorted, steps: rows.flatMap(({ detail }) => TABLES.exec(String(detail))?.[0] ?? []) }
    })
    sqlite.close()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('reads tables by an index', () => {
    assert.ok(plans.length > 50, String(plans.length))
    for (const { sql, steps } of plans) {
      for (const step of steps) assert.match(step, /USING (COVERING )?INDEX/, sql)
    }
  })

  it('sorts no tasks', () => {
    // One query sorts the few organizations that it has found.
    const ofTasks = plans.filter(({ sql }) => /FROM tasks/.test(sql) && !/vector_store|RECURSIVE/.test(sql))
    assert.ok(ofTasks.length > 10, String(ofTasks.length))
    for (const { sql, isSorted } of ofTasks) assert.equal(isSorted, false, sql)
  })

  it('reads no more than it needs of an organization or a vector store', () => {
    for (const { sql, steps } of plans) {
      if (MAY_BE_WIDE.some((query) => query.test(sql))) continue
      for (const step of steps) assert.doesNotMatch(step, WIDE, sql)
    }
  })
})

async function runAll(path: string): Promise<RecordedStatements> {
  const database = openSqliteDatabase(path)
  const connection = openConnection(path)
  const statements = await recordStatements(database, connection.transactions)
  await connection.close()
  await database.close()
  return statements
}
