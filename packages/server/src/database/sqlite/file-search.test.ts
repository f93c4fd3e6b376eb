import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { FilePosition } from '../../domain/files/file-list.ts'
import { createId } from '../../domain/ids.ts'
import type { Database } from '../database.ts'
import { describeFileSearch } from '../records/file-search.conformance.ts'
import type { FileSearchPage } from '../records/files.ts'
import { createFixture, fileOf, NOW_MS, sessionOf } from '../records/fixture.conformance.ts'
import { manySearches, NO_FILTER, SMALL_LIMITS } from '../records/many-searches.conformance.ts'
import { createFolderList } from '../sql/list-folders.ts'
import { createFileSearch } from '../sql/search-files.ts'
import type { Parameters, Statements } from '../sql/statements.ts'
import { type Connection, openConnection } from './connection.ts'
import { SQLITE_FILE_SEARCH } from './file-search.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

/** Searches of each test: with small bounds, a list has many pages. */
const RUNS = 20

describe('searches of files in SQLite', () => {
  let folder: string
  let database: Database
  let connection: Connection
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-search-'))
    const path = join(folder, 'waybill.db')
    database = openSqliteDatabase(path)
    connection = openConnection(path)
  })
  after(async () => {
    await connection.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  for (const [name, limits] of Object.entries(SMALL_LIMITS)) {
    describe(`with bounds that ${name}`, () => {
      const dialect = { ...SQLITE_FILE_SEARCH, listByTime: null }
      const fixture = createFixture(() => database)
      describeFileSearch(fixture, () => createFileSearch(connection.statements, dialect, limits), RUNS)
    })
  }

  it('finds each file once while others of its list are deleted before each statement', async () => {
    const fixture = createFixture(() => database)
    const organizationId = await fixture.newOrganization()
    const files = Array.from({ length: 80 }, (_, index) =>
      fileOf(sessionOf(organizationId, { path: index % 4 === 0 ? 'a' : 'b' }), NOW_MS + index),
    )
    const inA = files.filter(({ path }) => path === 'a').map(({ id }) => id)
    assert.ok(await database.files.add(organizationId, files, null))
    while ((await database.files.indexForSearch(30)) > 0);

    let after: FilePosition | null = null
    const others = files.filter(({ path }) => path === 'b').toReversed()
    const whileDeleting = async (sql: string, parameters?: Parameters) => {
      const next = others.findIndex(
        ({ uploadedAtMs }) => after === null || uploadedAtMs < Number(after.value),
      )
      for (const { id } of next < 0 ? [] : others.splice(next, 1)) {
        assert.ok(await database.files.delete(organizationId, id, NOW_MS))
      }
      return connection.statements.all(sql, parameters)
    }
    const dialect = { ...SQLITE_FILE_SEARCH, listByTime: null }
    const limits = { firstRead: 6, maxFound: 0, lastRead: 3 }
    const { search } = createFileSearch({ all: whileDeleting }, dialect, limits)
    const found: string[] = []
    do {
      const page: FileSearchPage = await search(organizationId, {
        filter: { ...NO_FILTER, folder: { path: 'a', isDeep: false } },
        ...{ sort: 'time', order: 'desc', limit: 2, after, nowMs: NOW_MS },
      })
      found.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after !== null)
    assert.deepEqual(found, inA.toReversed())
  })

  /** Returns the query plans of the statements that `read` runs. */
  const plansOf = async (read: (statements: Statements) => Promise<unknown>): Promise<string[]> => {
    const plans: string[] = []
    const explain = async (sql: string, parameters: Parameters = {}) => {
      const rows = await connection.statements.all(`EXPLAIN QUERY PLAN ${sql}`, parameters)
      plans.push(rows.map(({ detail }) => String(detail)).join('\n'))
      return connection.statements.all(sql, parameters)
    }
    await read({
      all: explain,
      get: async (sql, parameters) => (await explain(sql, parameters))[0] ?? null,
      change: async () => assert.fail('a search changes nothing'),
    })
    return plans
  }

  for (const { name, request } of manySearches()) {
    it(`reads files by indexes, and sorts only what an index has found: ${name}`, async () => {
      for (const limits of Object.values(SMALL_LIMITS)) {
        const plans = await plansOf((statements) =>
          createFileSearch(statements, SQLITE_FILE_SEARCH, limits).search(createId('org'), request),
        )
        for (const plan of plans) {
          assert.doesNotMatch(plan, /SCAN files/)
          // Files that an index has found, and those that wait, may be sorted; the lists themselves are in order.
          const isFound = /USING INDEX (unindexed_files|indexed_files \(search_number=\?\))/.test(plan)
          assert.ok(isFound || !plan.includes('TEMP B-TREE'), plan)
          if (plan.includes('MATERIALIZE found')) assert.match(plan, /indexed_files \(search_number=\?\)/)
        }
      }
    })
  }

  it('seeks each folder in the index of paths', async () => {
    const plans = await plansOf((statements) =>
      createFolderList(statements, SQLITE_FILE_SEARCH).listFolders(createId('org'), 'a', null, 9),
    )
    const seeks = plans.join('\n').match(/SEARCH files USING INDEX files_by_path \(.*path>/g)
    assert.equal(seeks?.length, 2)
    assert.doesNotMatch(plans.join('\n'), /TEMP B-TREE/)
  })
})
