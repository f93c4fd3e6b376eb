import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { Client } from 'pg'
import { eventually } from '../../test/clients/eventually.ts'
import {
  createTestDatabase,
  runOnce,
  type TestDatabase,
  withoutPostgres,
} from '../../test/postgres/test-database.ts'
import { type CopiedTable, copyDatabase } from './copy-database.ts'
import type { Database } from './database.ts'
import { openPostgresDatabase } from './postgres/postgres-database.ts'
import { openPostgresTables } from './postgres/postgres-tables.ts'
import { fileOf, sessionOf } from './records/fixture.conformance.ts'
import { INDEXING_TASK } from './records/vector-stores.ts'
import { openSqliteDatabase } from './sqlite/sqlite-database.ts'
import { openSqliteTables } from './sqlite/sqlite-tables.ts'
import { TABLES, type Tables } from './tables.ts'

const EVENTS = 2500

describe('copyDatabase', { skip: withoutPostgres }, () => {
  let folder: string
  let path: string
  let target: TestDatabase

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-copy-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  beforeEach(async () => {
    path = join(folder, `${randomUUID()}.db`)
    await fill(path)
    target = await createTestDatabase()
  })
  afterEach(() => target.remove())

  const copy = async (from: Tables): Promise<CopiedTable[]> => {
    const tables: CopiedTable[] = []
    try {
      const to = await openPostgresTables(target.url)
      await copyDatabase(from, to, path, (table) => tables.push(table)).finally(to.close)
      return tables
    } finally {
      await from.close()
    }
  }
  const start = () => openPostgresDatabase({ url: target.url, maxConnections: 2 }, () => {})
  /** Returns a source that fails after some pages, like a copy that is killed. */
  const dyingAfter = (pages: number): Tables => {
    const tables = openSqliteTables(path)
    let left = pages
    return {
      ...tables,
      read: async (...page) => {
        if (left-- === 0) throw new Error('killed')
        return tables.read(...page)
      },
    }
  }

  it('knows every table of the schema', () => {
    const sqlite = new DatabaseSync(path)
    const rows = sqlite
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'file_terms%'",
      )
      .all()
    sqlite.close()
    assert.deepEqual(rows.map(({ name }) => name).sort(), TABLES.map(({ name }) => name).sort())
  })

  it('copies and counts all rows, and a server can use the copy', async () => {
    const tables = await copy(openSqliteTables(path))
    const rowsOf = (name: string) => tables.find((table) => table.name === name)?.rows
    assert.deepEqual([rowsOf('organizations'), rowsOf('audit_events')], [1, EVENTS])
    const database = await start()
    assert.equal(await database.installation.secret('installation', 'another'), 'the installation')
    assert.equal((await database.organizations.find('org_a'))?.name, 'Ä 🙂 "quoted"')
    await database.audit.add(eventAt(EVENTS + 1))
    const [newest] = await database.audit.list('org_a', 1)
    assert.equal(newest?.timeMs, EVENTS + 1)
    assert.equal(await database.files.indexForSearch(9), 2)
    const found = await database.files.search('org_a', {
      ...{ filter: NAMED, sort: 'name', order: 'asc', limit: 9, after: null, nowMs: 1 },
    })
    assert.equal(found.items.length, 2)
    assert.equal((await database.files.find('org_a', 'file_b'))?.sharesBytesOf, 'file_a')
    const { vectorStores } = database
    const store = await vectorStores.find(VIEWER, 'vs_a')
    assert.deepEqual(
      [store?.counts, store?.dataBytes, store?.usageBytes, store?.seq],
      [{ inProgress: 1, completed: 1, failed: 0, cancelled: 0 }, 200, 7, 3],
    )
    const place = { organizationId: 'org_a', storeId: 'vs_a' }
    const parts: Uint8Array[] = []
    for await (const part of vectorStores.indexing.readDocument(place, 'file_a', 'r')) parts.push(part)
    assert.deepEqual(parts.map(Buffer.from), [BYTES, BYTES])
    assert.equal((await vectorStores.listLog(VIEWER, 'vs_a', 'file_a', 9)).length, 1)
    await vectorStores.removeFile(VIEWER, 'vs_a', 'file_b', 1)
    const counts = { inProgress: 0, completed: 1, failed: 0, cancelled: 0 }
    assert.deepEqual((await vectorStores.find(VIEWER, 'vs_a'))?.counts, counts)
    await database.close()
  })

  it('continues an interrupted copy, and no server starts on an unfinished one', async () => {
    await assert.rejects(copy(dyingAfter(9)), /killed/)
    await assert.rejects(start(), /copy of .* is not finished/)
    const tables = await copy(openSqliteTables(path))
    assert.equal(tables.find(({ name }) => name === 'audit_events')?.rows, EVENTS)
    await (await start()).close()
  })

  it('refuses to finish when the source has changed since the interruption', async () => {
    await assert.rejects(copy(dyingAfter(9)), /killed/)
    const sqlite = new DatabaseSync(path)
    sqlite.exec("UPDATE organizations SET name = 'changed'")
    sqlite.close()
    await assert.rejects(copy(openSqliteTables(path)), /organizations differs.*copy again/)
    await assert.rejects(start(), /not finished/)
  })

  it('refuses a target that holds records, and databases that a server uses', async () => {
    const database = await start()
    await assert.rejects(copy(openSqliteTables(path)), /a server or another program uses the target/)
    await database.installation.secret('installation', 'of another installation')
    await database.close()
    await assert.rejects(copy(openSqliteTables(path)), /already holds records/)
    await runOnce(target.url, 'DELETE FROM installation_secrets')
    const server = openSqliteDatabase(path)
    assert.throws(() => openSqliteTables(path), /a server or another program uses/)
    await server.close()
    assert.equal((await copy(openSqliteTables(path))).length, TABLES.length)
  })

  it('waits for the connections of a program that has just stopped', async () => {
    const stopped = new Client(target.url)
    await stopped.connect()
    const copied = copy(openSqliteTables(path))
    const looks = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_stat_activity%'`
    const hasLooked = async () => ((await stopped.query(looks)).rowCount ?? 0) > 0
    await Promise.all([
      copied,
      eventually('the copy looks for other programs', hasLooked).then(() => stopped.end()),
    ])
    assert.equal((await copied).length, TABLES.length)
  })
})

/** Filter for the names of all files. */
const NAMED = {
  ...{ folder: null, nameContains: 'a.bin', mediaType: null },
  ...{ uploadedAfterMs: null, uploadedBeforeMs: null },
}

function eventAt(timeMs: number) {
  const event = { organizationId: 'org_a', actor: null, action: 'deleteFile', target: null, outcome: 'ok' }
  return { ...event, timeMs, traceId: 't', clientAddress: '::1' }
}

async function fill(path: string): Promise<void> {
  const database = openSqliteDatabase(path)
  await database.installation.secret('installation', 'the installation')
  const organization = {
    id: 'org_a',
    name: 'Ä 🙂 "quoted"',
    isActive: true,
    storageLimitBytes: Number.MAX_SAFE_INTEGER,
    storageUsedBytes: 0,
    storageReservedBytes: 0,
    createdAtMs: 1,
    updatedAtMs: 1,
  }
  const key = {
    id: 'ak_a',
    name: 'First',
    prefix: 'oak_live_abcd',
    secretSha256: 'a'.repeat(64),
    scopes: ['admin'] as const,
    createdBy: null,
    createdAtMs: 1,
    expiresAtMs: null,
  }
  assert.ok(await database.installation.createOrganization(organization, key))
  await Promise.all(Array.from({ length: EVENTS }, (_, index) => database.audit.add(eventAt(index))))
  await fillStore(database)
  assert.equal(await database.files.indexForSearch(9), 2)
  await database.close()
}

const VIEWER = { organizationId: 'org_a', actorId: 'ak_a', seesAll: false }
/** Every byte, so that a copy as text would change some. */
const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

/** Adds a vector store with one indexed file of two document parts, and one that waits. */
async function fillStore({ files, vectorStores, tasks }: Database): Promise<void> {
  const [first, second] = ['file_a', 'file_b'].map((fileId) =>
    fileOf(sessionOf('org_a', { fileId, sharesBytesOf: fileId === 'file_b' ? 'file_a' : null })),
  )
  assert.ok(first && second && (await files.add('org_a', [first, second], null)))
  const store = { id: 'vs_a', name: 'A', description: null, createdBy: 'ak_a', metadata: {} }
  const options = { accessMode: 'organization', expiresAfterDays: null } as const
  await vectorStores.create(VIEWER, { ...store, ...options }, [], 1)
  const toAdd = [first, second].map(({ id }) => ({
    id: `vsf_${id}`,
    fileId: id,
    attributes: null,
    chunking: null,
  }))
  await vectorStores.addFiles(VIEWER, {
    ...{ storeId: 'vs_a', files: toAdd, addedByApiKeyId: null, addedBy: null, batchId: 'vsfb_a', nowMs: 1 },
  })
  const claim = {
    kind: INDEXING_TASK,
    nowMs: 1,
    leaseUntilMs: 2,
    deadlineAtMs: 9e12,
    max: 1,
    maxPerOrganization: 1,
    after: '',
  }
  const [task] = (await tasks.claim(claim)).tasks
  assert.equal(task?.key, 'vsf_file_a')
  const { indexing } = vectorStores
  await indexing.addLog(task, { atMs: 1, level: 'info', step: 'done', message: 'm', attempt: 1 })
  for (const part of [0, 1]) assert.ok(await indexing.addDocumentPart(task, 'r', part, BYTES))
  const result = {
    revision: 'r',
    parts: 2,
    chunkCount: 1,
    usageBytes: 7,
    embeddingModel: null,
    nowMs: 1,
    log: null,
  }
  assert.ok(await indexing.complete(task, result))
}
