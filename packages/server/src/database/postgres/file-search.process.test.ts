import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createTestDatabase,
  type TestDatabase,
  withoutPostgres,
} from '../../../test/postgres/test-database.ts'
import type { FileFilter } from '../../domain/files/file-list.ts'
import type { Database } from '../database.ts'
import { describeFileSearch } from '../records/file-search.conformance.ts'
import { createFixture, NOW_MS } from '../records/fixture.conformance.ts'
import { manySearches, NO_FILTER, SMALL_LIMITS } from '../records/many-searches.conformance.ts'
import { createFolderList } from '../sql/list-folders.ts'
import { createFileSearch } from '../sql/search-files.ts'
import type { Parameters, Statements } from '../sql/statements.ts'
import { type Connection, createConnection } from './connection.ts'
import { POSTGRES_FILE_SEARCH } from './file-search.ts'
import { openPostgresDatabase } from './postgres-database.ts'

const FILES = 100_000
/** Files that one statement inserts: it has a time limit, which a busy machine must not reach. */
const FILES_AT_ONCE = 10_000
/** Rows that a statement may read of `files`: those of the longest read in order, and those before its end. */
const MAX_ROWS = 3001

/** Pages that an index reads for one more rare term. */
const MORE_PAGES = 10
const TERM_INDEX = 'find_files_by_terms'

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly Plan[]
}

/** Searches of each test: with small bounds, a list has many pages. */
const RUNS = 20

describe('searches of files in PostgreSQL', { skip: withoutPostgres }, () => {
  let test: TestDatabase
  let database: Database
  let connection: Connection
  const fixture = createFixture(() => database)

  before(async () => {
    test = await createTestDatabase()
    database = await openPostgresDatabase({ url: test.url, maxConnections: 4 }, () => {})
    connection = createConnection({ url: test.url, maxConnections: 2 }, () => {})
  })
  after(async () => {
    await connection?.close()
    await database?.close()
    await test?.remove()
  })

  for (const [name, limits] of Object.entries(SMALL_LIMITS)) {
    describe(`with bounds that ${name}`, () => {
      describeFileSearch(
        fixture,
        () => createFileSearch(connection.statements, POSTGRES_FILE_SEARCH, limits),
        RUNS,
      )
    })
  }

  describe(`among ${FILES} files`, () => {
    let organizationId: string
    before(async () => {
      // Statistics from the middle of the preparation would be wrong.
      await connection.statements.change('ALTER TABLE files SET (autovacuum_enabled = false)')
      organizationId = await fixture.newOrganization()
      for (let first = 1; first <= FILES; first += FILES_AT_ONCE) {
        await connection.statements.change(
          `INSERT INTO files (id, organization_id, filename, path, size_bytes, content_type, object_name, generation, crc32c,
             uploaded_at_ms)
           SELECT 'file_' || n, $organizationId, 'report-' || n || '.txt', 'folder-' || n % 100 || '/', n % 1000,
             CASE n % 10000 WHEN 0 THEN 'image/png' ELSE 'text/plain' END, 'object ' || n, '1', 'AAAAAA==', $nowMs::bigint + n
           FROM generate_series($first::int, $last::int) AS n`,
          { organizationId, nowMs: NOW_MS, first, last: first + FILES_AT_ONCE - 1 },
        )
      }
      await connection.statements.change(
        'UPDATE organizations SET file_count = $files WHERE id = $organizationId',
        { organizationId, files: FILES },
      )
      while ((await database.files.indexForSearch(5000)) > 0);
    })

    /** Returns the plans of the statements that `read` runs. */
    const plansOf = async (read: (statements: Statements) => Promise<unknown>): Promise<Plan[]> => {
      const plans: Plan[] = []
      const explain = async (sql: string, parameters: Parameters = {}) => {
        const [row] = await connection.statements.all(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
          parameters,
        )
        const [{ Plan: plan }] = (row?.['QUERY PLAN'] ?? assert.fail(sql)) as [{ Plan: Plan }]
        plans.push(plan)
        return connection.statements.all(sql, parameters)
      }
      await read({
        all: explain,
        get: async (sql, parameters) => (await explain(sql, parameters))[0] ?? null,
        change: async () => assert.fail('a search changes nothing'),
      })
      return plans
    }

    /** Returns the rows of `files` that the statements of `read` read, of each statement. */
    const rowsReadBy = async (read: (statements: Statements) => Promise<unknown>): Promise<number[]> =>
      (await plansOf(read)).map(rowsReadOf)

    for (const [name, prepare, orders] of [
      // Before the first ANALYZE, PostgreSQL may sort all files for a list by name or size.
      ['without statistics', async () => {}, ['time']],
      [
        'with statistics',
        async () => void (await connection.statements.change('ANALYZE')),
        ['time', 'name', 'size'],
      ],
    ] as const) {
      it(`reads few of them, with every filter by ${orders.join(', ')}, ${name}`, async () => {
        await prepare()
        const searches = manySearches().filter(({ request }) =>
          orders.some((order) => order === request.sort),
        )
        assert.ok(searches.length > 0)
        for (const { name: search, request } of searches) {
          const counts = await rowsReadBy((statements) =>
            createFileSearch(statements, POSTGRES_FILE_SEARCH).search(organizationId, request),
          )
          assert.ok(Math.max(...counts) <= MAX_ROWS, `${counts} rows: ${search}`)
        }
      })

      it(`reads one file of each folder, ${name}`, async () => {
        await prepare()
        const counts = await rowsReadBy((statements) =>
          createFolderList(statements, POSTGRES_FILE_SEARCH).listFolders(organizationId, '', null, 50),
        )
        assert.ok(Math.max(...counts) <= 100, `${counts} rows`)
      })
    }

    const plansOfSearch = (filter: Partial<FileFilter>) =>
      plansOf((statements) =>
        createFileSearch(statements, POSTGRES_FILE_SEARCH).search(organizationId, {
          filter: { ...NO_FILTER, ...filter },
          ...{ sort: 'size', order: 'asc', limit: 50, after: null, nowMs: NOW_MS },
        }),
      )

    it('reads the index of terms unless the first files of a list tell that many match', async () => {
      for (const [share, isRead] of [
        [0.01, true],
        [0.03, false],
      ] as const) {
        const uploadedAfterMs = NOW_MS + FILES * (1 - share)
        const plans = await plansOfSearch({ nameContains: 'report', uploadedAfterMs })
        assert.equal(JSON.stringify(plans).includes(TERM_INDEX), isRead, `${share}`)
      }
    })

    it('reads no entries of common terms when a search has rare ones', async () => {
      await connection.statements.change('ANALYZE file_terms')
      const pagesFor = async (nameContains: string) =>
        (await plansOfSearch({ nameContains }))
          .filter((plan) => JSON.stringify(plan).includes(TERM_INDEX))
          .reduce(
            (sum, plan) => sum + Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']),
            0,
          )
      const [rare, withCommon] = [await pagesFor('77777.'), await pagesFor('report-77777.txt')]
      assert.ok(rare > 0)
      assert.ok(withCommon <= rare + MORE_PAGES, `${withCommon} pages instead of ${rare}`)
    })
  })
})

function rowsReadOf(plan: Plan): number {
  const { 'Actual Rows': rows = 0, 'Actual Loops': loops = 1, 'Rows Removed by Filter': removed = 0 } = plan
  const own = plan['Relation Name'] === 'files' ? (rows + removed) * loops : 0
  return (plan.Plans ?? []).reduce((sum, part) => sum + rowsReadOf(part), own)
}
