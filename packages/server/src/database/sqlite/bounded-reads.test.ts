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
import { createFileStatements, MARK_DAMAGED } from '../sql/file-statements.ts'
import { createHousekeepingStatements, recountSessions } from '../sql/housekeeping-statements.ts'
import { createShareLinkStatements } from '../sql/share-link-statements.ts'
import type { Parameters, Statements } from '../sql/statements.ts'
import type { Steps, Transactions } from '../sql/transactions.ts'
import { createUploadSessionStatements } from '../sql/upload-session-statements.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const ALL_FILES = { order: 'desc', before: null, purpose: 'all', state: 'live', nowMs: 1 } as const
const BY_PAGE: PageRequest = { limit: 100, skip: 9900, after: null }
const BY_CURSOR: PageRequest = { limit: 100, skip: 0, after: { timeMs: 1, id: 'file_1' } }

/** Returns the statements with transactions that run their steps one by one. */
function withTransactions(statements: Statements): Transactions {
  const run = async <T>(begin: () => Steps<T>): Promise<T> => {
    const steps = begin()
    let next = steps.next()
    while (!next.done) {
      const { sql, parameters } = next.value
      next = steps.next(await statements.change(sql, parameters))
    }
    return next.value
  }
  return { ...statements, transact: run, free: run } as Transactions
}

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
    name: 'damaged files',
    read: (statements: Statements) => createFileStatements(statements).listDamaged(9),
  },
  {
    name: 'a file by its content',
    read: (statements: Statements) =>
      createFileStatements(statements).findByContent('org_a', { sha256: 'a', sizeBytes: 1 }, 1),
  },
  {
    name: 'the files that share damaged bytes',
    read: ({ change }: Statements) =>
      change(MARK_DAMAGED, {
        ...{ organizationId: 'org_a', fileId: 'a' },
        name: 'a',
        generation: null,
        nowMs: 1,
      }),
  },
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
    'sessions that register by themselves': (housekeeping) => housekeeping.listSelfRegistering('', 9),
    'sessions of revoked keys': (housekeeping) => housekeeping.listRevokedSessions(null, 9),
    'uploads to end': (housekeeping) => housekeeping.listUndeletedUploads(9),
    'files to purge': (housekeeping) => housekeeping.listTrashedBefore(1, 9),
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
  ...Object.entries({
    'the links of a file': (links) => links.list('org_a', 'file_1', 1),
    'a link to delete': (links) => links.delete('org_a', 'file_1', 'lnk_1'),
    'a download to count': (links) =>
      links.countDownload('org_a', 'lnk_1', { nowMs: 1, continuesSinceMs: 0, isLaterPart: true }),
    'links to forget': (links) => links.deleteEnded(1, 1, 9),
  } satisfies Record<string, (links: ReturnType<typeof createShareLinkStatements>) => Promise<unknown>>).map(
    ([name, read]) => ({
      name,
      read: (statements: Statements) => read(createShareLinkStatements(withTransactions(statements))),
    }),
  ),
  {
    name: 'a share link by its secret',
    read: (statements) => createCredentialStatements(statements).findShareLink('a'),
  },
  {
    name: 'counts to compare',
    read: (statements) => recountSessions(statements, { afterId: '', limit: 9 }, async () => {}),
  },
  { name: 'events to forget', read: (statements) => createAuditStatements(statements).removeBefore(1, 9) },
]

const TABLES =
  /\b(SCAN|SEARCH) (organizations|api_keys|upload_sessions|files|share_links|disowned_objects|audit_events)\b.*/

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
    for (const [state, purpose, index] of [
      ['live', 'all', 'files_newest_first'],
      ['live', 'vision', 'files_by_purpose'],
      ['trashed', 'all', 'trashed_files'],
    ] as const) {
      it(`lists ${state} files of purpose ${purpose} with the index ${index}, ${order}`, async () => {
        const request = { ...BY_CURSOR, ...ALL_FILES, order, purpose, state }
        const plans = await plansOf((statements) => createFileStatements(statements).list('org_a', request))
        assert.match(plans.join('\n'), new RegExp(`files USING INDEX ${index}\\b`))
        assert.doesNotMatch(plans.join('\n'), /TEMP B-TREE/)
      })
    }
  }
})
