import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { Database } from '../../src/database/database.ts'
import {
  fileOf,
  keyOf,
  NOW_MS,
  organizationOf,
  sessionOf,
} from '../../src/database/records/fixture.conformance.ts'
import { INDEXING_TASK } from '../../src/database/records/vector-stores.ts'
import { createId } from '../../src/domain/ids.ts'
import { encodeDocument } from '../../src/knowledge/document-codec.ts'
import { documentOf, queryOf } from '../../src/knowledge/search-index.conformance.ts'
import type { SearchHit, SearchIndex } from '../../src/knowledge/search-index.ts'
import { createSqliteSearchIndex } from '../../src/knowledge/sqlite-index/sqlite-search-index.ts'
import { memoryFolder } from '../memory-folder.ts'
import { createTestDatabase, type TestDatabase, withoutPostgres } from '../postgres/test-database.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { NOTES, QUESTIONS } from './notes.ts'

const DOCUMENTS = 60
const RESULTS = 100
const organizationId = createId('org')
const viewer = { organizationId, actorId: 'ak_1', seesAll: false }
const storeId = createId('vs')
const files = Array.from({ length: DOCUMENTS }, () => fileOf(sessionOf(organizationId)))
/** Texts of the files. Many are alike, so that equal scores are ordered too. */
const texts = createTexts()

describe('the ranking of a store', { skip: withoutPostgres }, () => {
  let folder: string
  let postgres: TestDatabase
  const opened: Database[] = []
  const indexes: SearchIndex[] = []

  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-same-ranking-'))
    postgres = await createTestDatabase()
    const choices = [
      { kind: 'sqlite', path: join(folder, 'waybill.db') },
      { kind: 'postgres', url: postgres.url, maxConnections: 4 },
    ] as const
    for (const [number, choice] of choices.entries()) {
      const database = await openDatabase(choice)
      opened.push(database)
      // The history differs: on PostgreSQL the files come in the other order, and each is indexed twice.
      await fillStore(database, number === 0 ? files : files.toReversed(), number + 1)
      const { indexing } = database.vectorStores
      const feed = { changesAfter: indexing.changesAfter, readDocument: indexing.readDocument }
      indexes.push(createSqliteSearchIndex({ folder: join(folder, String(number)), feed }))
    }
  })

  after(async () => {
    await Promise.all(indexes.map((index) => index.close()))
    await Promise.all(opened.map((database) => database.close()))
    await postgres?.remove()
    await rm(folder, { recursive: true, force: true })
  })

  const rank = async (number: number, text: string): Promise<(string | number)[][]> => {
    const store = await opened[number]?.vectorStores.find(viewer, storeId)
    const query = queryOf(text, { maxResults: RESULTS })
    const hits = await indexes[number]?.search([{ organizationId, storeId, seq: store?.seq ?? 0 }], query)
    return (hits as SearchHit[]).map(({ fileId, chunkIndex, score }) => [fileId, chunkIndex, score])
  }

  for (const [text] of QUESTIONS) {
    it(`is the same on SQLite and PostgreSQL: ${text}`, async () => {
      const [onSqlite, onPostgres] = await Promise.all([rank(0, text), rank(1, text)])
      assert.equal(onSqlite?.length, RESULTS)
      assert.deepEqual(onPostgres, onSqlite)
    })
  }
})

/** Returns two passages for each file, of sentences of the notes. */
function createTexts(): ReadonlyMap<string, readonly string[]> {
  const random = createSeededRandom(7)
  const sentences = Object.values(NOTES).flatMap((note) => note.match(/[^.]+\./g) ?? [])
  const passage = () => Array.from({ length: random.integer(1, 4) }, () => random.pick(sentences)).join('')
  return new Map(files.map(({ id }) => [id, [passage(), passage()]]))
}

/** Creates the store, adds the files in their order, and indexes them as many times. */
async function fillStore(database: Database, ordered: typeof files, times: number): Promise<void> {
  const { installation, vectorStores } = database
  await installation.createOrganization(organizationOf(organizationId), keyOf(organizationId))
  await database.files.add(organizationId, ordered, null)
  const record = { name: 'notes', description: null, accessMode: 'organization', metadata: {} } as const
  await vectorStores.create(
    viewer,
    { ...record, id: storeId, createdBy: 'ak_1', expiresAfterDays: null },
    [],
    NOW_MS,
  )
  for (let time = 0; time < times; time++) {
    const toAdd = ordered.map(({ id }) => ({
      id: createId('vsf'),
      fileId: id,
      attributes: null,
      chunking: null,
    }))
    if (time > 0) for (const { id } of ordered) await vectorStores.removeFile(viewer, storeId, id, NOW_MS)
    await vectorStores.addFiles(viewer, {
      ...{ storeId, files: toAdd, addedByApiKeyId: null, addedBy: null, batchId: null, nowMs: NOW_MS },
    })
    await indexTasks(database, new Map(toAdd.map(({ id, fileId }) => [id, fileId])))
  }
}

async function indexTasks(database: Database, fileIds: ReadonlyMap<string, string>): Promise<void> {
  const { indexing } = database.vectorStores
  const untilMs = NOW_MS + 60_000
  const request = {
    ...{ kind: INDEXING_TASK, nowMs: NOW_MS, leaseUntilMs: untilMs, deadlineAtMs: untilMs },
    max: DOCUMENTS,
  }
  for (let after = '', isExhausted = false; !isExhausted; ) {
    const claim = await database.tasks.claim({ ...request, maxPerOrganization: DOCUMENTS, after })
    after = claim.after
    isExhausted = claim.isExhausted
    for (const task of claim.tasks) {
      assert.ok(await indexing.begin(task, NOW_MS))
      const passages = texts.get(fileIds.get(task.key) ?? '') ?? []
      let parts = 0
      for await (const bytes of encodeDocument(documentOf(...passages))) {
        await indexing.addDocumentPart(task, task.id, parts++, bytes)
      }
      const result = { chunkCount: passages.length, usageBytes: 1, embeddingModel: null, log: null }
      assert.ok(await indexing.complete(task, { ...result, revision: task.id, parts, nowMs: NOW_MS }))
    }
  }
}
