import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import { fileOf, keyOf, organizationOf, sessionOf } from '../records/fixture.conformance.ts'
import type { TaskRecords } from '../records/tasks.ts'
import { INDEXING_TASK } from '../records/vector-stores.ts'
import type { Parameters } from '../sql/statements.ts'
import { createTaskStatements } from '../sql/task-statements.ts'
import type { Step, Steps, Transactions } from '../sql/transactions.ts'
import { createVectorStoreStatements } from '../sql/vector-store-statements.ts'
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
    const statements = await recordStatements(path)
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

/** Runs all methods, and returns their statements. */
async function recordStatements(path: string): Promise<Step[]> {
  const statements: Step[] = []
  const database = openSqliteDatabase(path)
  const connection = openConnection(path)
  const stores = createVectorStoreStatements(recording(connection.transactions, statements))
  const organizationId = createId('org')
  await database.installation.createOrganization(organizationOf(organizationId), keyOf(organizationId))
  const viewer = { organizationId, actorId: 'ak_1', seesAll: false }
  const storeId = createId('vs')
  const record = {
    name: 'a',
    description: null,
    accessMode: 'private',
    createdBy: 'ak_1',
    metadata: {},
  } as const
  await stores.create(viewer, { ...record, id: storeId, expiresAfterDays: 1 }, [], 1)
  const files = [fileOf(sessionOf(organizationId)), fileOf(sessionOf(organizationId))]
  await database.files.add(organizationId, files, null)
  const [kept = '', removed = ''] = files.map(({ id }) => id)
  const toAdd = [kept, removed].map((fileId) => ({ fileId, attributes: null, chunking: null }))
  const batchId = createId('vsfb')
  await stores.addFiles(viewer, {
    ...{ storeId, addedByApiKeyId: null, batchId, nowMs: 1 },
    files: toAdd.map((file) => ({ ...file, id: createId('vsf') })),
  })
  const claim = {
    kind: INDEXING_TASK,
    nowMs: 1,
    leaseUntilMs: 9e12,
    deadlineAtMs: 9e12,
    max: 1,
    maxPerOrganization: 9,
    after: '',
  }
  const [task] = (await database.tasks.claim(claim)).tasks
  assert.ok(task)
  const { indexing } = stores
  await indexing.begin(task, 1)
  await indexing.progress(task, 'chunking', 1)
  await indexing.addDocumentPart(task, 'r', 0, Buffer.from('text'))
  await indexing.addLog(task, { atMs: 1, level: 'info', step: 'done', message: '', attempt: 1 })
  const result = {
    revision: 'r',
    parts: 1,
    chunkCount: 1,
    usageBytes: 1,
    embeddingModel: null,
    nowMs: 1,
    log: null,
  }
  await indexing.complete(task, result)
  for await (const bytes of indexing.readDocument(storeId, kept, 'r')) assert.ok(bytes.length > 0)
  await indexing.changesAfter(storeId, 0, 9)
  await indexing.findLive(storeId, [kept, removed])

  const position = await stores.findPosition(viewer, storeId)
  const page = { limit: 9, skip: 0, order: 'desc', after: position, before: null } as const
  await stores.list(viewer, { ...page, search: null, accessMode: null, sort: 'createdAt' })
  await stores.find(viewer, storeId)
  await stores.update(viewer, storeId, { name: 'b' }, 1)
  await stores.touch(viewer, [storeId], 100_000)
  await stores.sumUsage(viewer)
  await stores.findFile(viewer, storeId, kept)
  await stores.findFilePosition(viewer, storeId, kept)
  for (const statuses of [[], ['pending'], ['pending', 'processing', 'failed']] as const) {
    await stores.listFiles(viewer, storeId, { ...page, statuses, batchId: null })
    await stores.listFiles(viewer, storeId, { ...page, order: 'asc', statuses, batchId })
  }
  await stores.updateAttributes(viewer, storeId, kept, {}, 1)
  await stores.listLog(viewer, storeId, kept, 9)
  await stores.retryFile(viewer, storeId, kept, false, 1)
  await stores.findBatch(viewer, storeId, batchId)
  await stores.cancelBatch(viewer, storeId, batchId, 1)
  await stores.removeFile(viewer, storeId, removed, 1)
  await indexing.expireStores(9e12, 9)
  await stores.delete(viewer, storeId, 1)
  for (let step = 0; step < 4; step++) await indexing.forget(9e12, 9)
  await runTaskMethods(createTaskStatements(recording(connection.transactions, statements)), organizationId)
  await connection.close()
  await database.close()
  return statements
}

/** Runs all methods for tasks, with a task that each of them finds. */
async function runTaskMethods(tasks: TaskRecords, organizationId: string): Promise<void> {
  const times = { nowMs: 9, leaseUntilMs: 10, deadlineAtMs: 99 }
  const claim = async () => {
    const request = { kind: 'k', ...times, max: 1, maxPerOrganization: 9, after: '' }
    return (await tasks.claim(request)).tasks[0] ?? assert.fail('no task is due')
  }
  for (const key of ['a', 'b', 'c'])
    await tasks.insert({ kind: 'k', organizationId, key, payload: '{}', createdAtMs: 1 })
  await tasks.renew(await claim(), 10)
  await tasks.releaseExpired(10, 9)
  await tasks.release(await claim())
  await tasks.retry(await claim(), 2, 'error')
  await tasks.bury(await claim(), 2, 'error')
  await tasks.finish(await claim())
  await tasks.claimOverdue({ kind: 'k', nowMs: 9e12, leaseUntilMs: 9e12, max: 9 })
  await tasks.find(organizationId, 'k', 'a')
  await tasks.count('k', 9)
  await tasks.cancel(organizationId, 'k', 'c')
  await tasks.forgetDead(9, 9)
}

/** Wraps transactions and records the statements that they run. */
function recording(transactions: Transactions, statements: Step[]): Transactions {
  const note = (sql: string, parameters: Parameters = {}) => statements.push({ sql, parameters })
  const noted = <T>(begin: () => Steps<T>) =>
    function* (): Steps<T> {
      const steps = begin()
      let next = steps.next()
      while (!next.done) {
        statements.push(next.value)
        next = steps.next(yield next.value)
      }
      return next.value
    }
  return {
    ...transactions,
    get: (sql, parameters) => {
      note(sql, parameters)
      return transactions.get(sql, parameters)
    },
    all: (sql, parameters) => {
      note(sql, parameters)
      return transactions.all(sql, parameters)
    },
    change: (sql, parameters) => {
      note(sql, parameters)
      return transactions.change(sql, parameters)
    },
    transact: (begin) => transactions.transact(noted(begin)),
    free: (begin) => transactions.free(noted(begin)),
  }
}
