import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { recordStatements } from '../sql/record-statements.conformance.ts'
import { openConnection } from './connection.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const CONDITION = /\borganization_id( \|\| '')? = \$organizationId\b/
const INSERT = /^\s*INSERT [\s\S]*(\$organizationId|value ->> 'organizationId')/

/** Statements that need no organization, with the reason. */
const UNSCOPED: readonly (readonly [sql: RegExp, reason: string])[] = [
  [/id = \$id AND lease_token = \$leaseToken/, 'the token of the lease is secret'],
  [
    /^\s*(DELETE FROM|INSERT INTO) vector_store_(documents|logs|batch_files) /,
    'the transaction has found the associations of these rows within the organization',
  ],
  [/AS median_run_ms/, 'the speed of the installation'],
]

describe('the records of vector stores', () => {
  let folder: string
  let statements: readonly string[]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-scope-'))
    const path = join(folder, 'waybill.db')
    const database = openSqliteDatabase(path)
    const connection = openConnection(path)
    const { scoped } = await recordStatements(database, connection.transactions)
    statements = [...new Set(scoped.map(({ sql }) => sql))]
    await connection.close()
    await database.close()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('are limited to one organization by every statement', () => {
    assert.ok(statements.length > 40, String(statements.length))
    const unscoped = statements.filter((sql) => !CONDITION.test(sql) && !INSERT.test(sql))
    assert.deepEqual(
      unscoped.filter((sql) => !UNSCOPED.some(([allowed]) => allowed.test(sql))),
      [],
    )
    for (const [allowed, reason] of UNSCOPED)
      assert.ok(
        unscoped.some((sql) => allowed.test(sql)),
        reason,
      )
  })
})
