import assert from 'node:assert/strict'
import { createId } from '../../domain/ids.ts'
import type { Database } from '../database.ts'
import { fileOf, keyOf, organizationOf, sessionOf } from '../records/fixture.conformance.ts'
import type { TaskRecords } from '../records/tasks.ts'
import { INDEXING_TASK } from '../records/vector-stores.ts'
import type { Parameters } from './statements.ts'
import { createTaskStatements } from './task-statements.ts'
import type { Step, Steps, Transactions } from './transactions.ts'
import { createVectorStoreStatements } from './vector-store-statements.ts'

/** Statements of the records of vector stores and tasks. */
export interface RecordedStatements {
  /** Statements of methods for one organization. */
  readonly scoped: readonly Step[]
  /** Statements of jobs, for all organizations together. */
  readonly jobs: readonly Step[]
  readonly tasks: readonly Step[]
}

/** Runs all methods for vector stores and tasks on an empty database, and returns their statements. */
export async function recordStatements(
  database: Database,
  transactions: Transactions,
): Promise<RecordedStatements> {
  const recorded = { scoped: [] as Step[], jobs: [] as Step[], tasks: [] as Step[] }
  const stores = createVectorStoreStatements(recording(transactions, recorded.scoped))
  const jobs = createVectorStoreStatements(recording(transactions, recorded.jobs)).indexing
  const tasks = createTaskStatements(recording(transactions, recorded.tasks))
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
    ...{ storeId, addedByApiKeyId: null, addedBy: null, batchId, nowMs: 1 },
    files: toAdd.map((file) => ({ ...file, id: createId('vsf') })),
  })
  const claim = {
    kind: INDEXING_TASK,
    nowMs: 1,
    leaseUntilMs: 9e12,
    deadlineAtMs: 9e12,
    max: 2,
    maxPerOrganization: 9,
    after: '',
  }
  const [task, scan] = (await database.tasks.claim(claim)).tasks
  assert.ok(task && scan)
  const { indexing } = stores
  for (const model of [null, 'm']) await indexing.readPace(organizationId, [task.key], { model, sinceMs: 0 })
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
  await indexing.deferToOcr(scan, { atMs: 1, level: 'info', step: 'extracting', message: '', attempt: 1 })
  const place = { organizationId, storeId }
  await indexing.lacksVectors(place, 'm')
  await jobs.listLackingVectors('m', 9, 9)
  for await (const bytes of indexing.readDocument(place, kept, 'r')) assert.ok(bytes.length > 0)
  await indexing.changesAfter(place, 0, 9)
  await indexing.findLive(place, [kept, removed])

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
  await jobs.expireStores(9e12, 9)
  await stores.delete(viewer, storeId, 1)
  for (let step = 0; step < 4; step++) await jobs.forget(9e12, 9)
  await runTaskMethods(tasks, organizationId)
  return recorded
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
