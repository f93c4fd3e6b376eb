import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { PageRequest } from '../../domain/page.ts'
import { createApiKeyStatements } from '../sql/api-key-statements.ts'
import { createAuditStatements } from '../sql/audit-statements.ts'
import { createCredentialStatements } from '../sql/credential-statements.ts'
import { createFileStatements } from '../sql/file-statements.ts'
import { createHousekeepingStatements, recountSessions } from '../sql/housekeeping-statements.ts'
import type { Parameters, Statements } from '../sql/statements.ts'
import { createUploadSessionStatements } from '../sql/upload-session-statements.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const ALL_FILES = { order: 'desc', before: null, purpose: 'all', nowMs: 1 } as const
const BY_PAGE: PageRequest = { limit: 100, skip: 9900, after: null }
const BY_CURSOR: PageRequest = { limit: 100, skip: 0, after: { timeMs: 1, id: 'file_1' } }

/** Reads to check, with a function that runs each. */
const READS: readonly {
  readonly name: string
  readonly read: (statements: Statements) => Promise<unknown>
}[] = [
  ...[BY_PAGE, BY_CURSOR].flatMap((page) => {
    const how = page.after === null ? 'by page' : 'by cursor'
    return [
      {
        name: `open uploads ${how}`,
        read: (statements: Statements) => createUploadSessionStatements(statements).list('org_a', 1, page),
      },
      {
        name: `files ${how}`,
        read: (statements: Statements) =>
          createFileStatements(statements).list('org_a', { ...page, ...ALL_FILES }),
      },
      {
        name: `keys ${how}`,
        read: (statements: Statements) => createApiKeyStatements(statements).list('org_a', page),
      },
    ]
  }),
  {
    name: 'a key and a session by their secrets',
    read: async (statements) => {
      const credentials = createCredentialStatements(statements)
      await credentials.findApiKey('a')
      await credentials.findUploadSession('a')
    },
  },
  ...Object.entries({
    'overdue sessions': (housekeeping) => housekeeping.listOverdueSessions(1, 9),
    'sessions of revoked keys': (housekeeping) => housekeeping.listRevokedSessions(null, 9),
    'uploads to end': (housekeeping) => housekeeping.listUndeletedUploads(9),
    'files to check': (housekeeping) => housekeeping.listFiles('', 9),
    'the use of an object': (housekeeping) => housekeeping.findUse('a'),
    'sessions to forget': (housekeeping) => housekeeping.forgetSessions(1, 9),
    'notes to forget': (housekeeping) => housekeeping.forgetDisowned(1, 9),
  } satisfies Record<
    string,
    (housekeeping: ReturnType<typeof createHousekeepingStatements>) => Promise<unknown>
  >).map(([name, read]) => ({
    name,
    read: (statements: Statements) => read(createHousekeepingStatements(statements)),
  })),
  {
    name: 'counts to compare',
    read: (statements) => recountSessions(statements, { afterId: '', limit: 9 }, async () => {}),
  },
  { name: 'events to forget', read: (statements) => createAuditStatements(statements).removeBefore(1, 9) },
]

const TABLES =
  /\b(SCAN|SEARCH) (organizations|api_keys|upload_sessions|files|disowned_objects|audit_events)\b.*/

describe('every SQLite query of requests and jobs', () => {
  let folder: string
  let sqlite: DatabaseSync
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-plans-'))
    const path = join(folder, 'waybill.db')
    await openSqliteDatabase(path).close()
    sqlite = new DatabaseSync(path)
  })
  after(async () => {
    sqlite.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Returns the query plans of the statements that `read` runs. */
  const plansOf = async (read: (statements: Statements) => Promise<unknown>): Promise<string[]> => {
    const details: string[] = []
    const explain = async (sql: string, parameters: Parameters = {}) => {
      const rows = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters)
      details.push(...rows.map(({ detail }) => String(detail)))
      return []
    }
    await read({
      all: explain,
      get: async (sql, parameters) => (await explain(sql, parameters))[0] ?? null,
      change: async (sql, parameters) => ({ count: 0, rows: await explain(sql, parameters) }),
    })
    return details
  }

  for (const { name, read } of READS) {
    it(`uses an index: ${name}`, async () => {
      const touched = (await plansOf(read)).flatMap((detail) => TABLES.exec(detail)?.[0] ?? [])
      assert.ok(touched.length > 0)
      for (const step of touched) assert.match(step, /USING (COVERING )?INDEX|USING INTEGER PRIMARY KEY/)
    })
  }

  it('counts sessions without reading their rows', async () => {
    const count = (statements: Statements) =>
      createUploadSessionStatements(statements).list('org_a', 1, BY_PAGE)
    const all = [
      ...(await plansOf(count)).filter((detail) => /unfinished_upload|dead_upload/.test(detail)),
      ...(await plansOf((statements) => createHousekeepingStatements(statements).countSessions(9))),
    ]
    const counting = all.filter((detail) => detail.includes('upload_sessions'))
    assert.equal(counting.length, 4)
    for (const step of counting) assert.match(step, /COVERING INDEX/)
  })

  it('sorts no list of files or of open uploads', async () => {
    for (const page of [BY_PAGE, BY_CURSOR]) {
      for (const list of [
        (statements: Statements) => createUploadSessionStatements(statements).list('org_a', 1, page),
        (statements: Statements) => createFileStatements(statements).list('org_a', { ...page, ...ALL_FILES }),
      ]) {
        assert.doesNotMatch((await plansOf(list)).join('\n'), /TEMP B-TREE/)
      }
    }
  })

  for (const order of ['asc', 'desc'] as const) {
    for (const [purpose, index] of [
      ['all', 'files_newest_first'],
      ['vision', 'files_by_purpose'],
    ] as const) {
      it(`lists files of purpose ${purpose} with the index ${index}, ${order}`, async () => {
        const request = { ...BY_CURSOR, ...ALL_FILES, order, purpose }
        const plans = await plansOf((statements) => createFileStatements(statements).list('org_a', request))
        assert.match(plans.join('\n'), new RegExp(`files USING INDEX ${index}`))
        assert.doesNotMatch(plans.join('\n'), /TEMP B-TREE/)
      })
    }
  }
})
