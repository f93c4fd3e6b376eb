import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { LogEntry, StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import type { StorePlace, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'
import type { Task } from './tasks.ts'
import {
  type AddFiles,
  type CursorRequest,
  type FileToAdd,
  INDEXING_TASK,
  type IndexedResult,
  type NewVectorStoreRecord,
  OCR_TASK,
  type StoreViewer,
  type VectorStoreListRequest,
  type VectorStoreRecords,
} from './vector-stores.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const UNSUPPORTED = { code: 'unsupported_file', message: 'The file is encrypted.' } as const
const FIRST: CursorRequest = { limit: 50, skip: 0, order: 'desc', after: null, before: null }
const ALL_STORES: VectorStoreListRequest = { ...FIRST, search: null, accessMode: null, sort: 'createdAt' }

/** Tests an implementation of records/vector-stores.ts. */
export function describeVectorStoreRecords(fixture: DatabaseFixture): void {
  const helpers = createHelpers(fixture)
  describeStores(fixture, helpers)
  describeAddedFiles(fixture, helpers)
  describeLists(fixture, helpers)
  describeBatches(fixture, helpers)
  describeIndexing(fixture, helpers)
  describeFeed(fixture, helpers)
  describeEnds(fixture, helpers)
}

type Helpers = ReturnType<typeof createHelpers>

function createHelpers(fixture: DatabaseFixture) {
  const stores = (): VectorStoreRecords => fixture.database.vectorStores
  const newViewer = async (): Promise<StoreViewer> => ({
    organizationId: await fixture.newOrganization(),
    actorId: createId('ak'),
    seesAll: false,
  })
  const newStore = (viewer: StoreViewer, changes: Partial<NewVectorStoreRecord> = {}, nowMs = NOW_MS) =>
    stores().create(viewer, { ...storeOf(viewer), ...changes }, [], nowMs)
  const newFile = async ({ organizationId }: StoreViewer, sizeBytes = 100): Promise<string> => {
    const file = fileOf(sessionOf(organizationId, { sizeBytes, filename: 'report.txt' }))
    assert.ok(await fixture.database.files.add(organizationId, [file], null))
    return file.id
  }
  const add = (
    viewer: StoreViewer,
    storeId: string,
    files: readonly (string | Partial<FileToAdd>)[],
    changes: Partial<AddFiles> = {},
  ): Promise<StoreFile[]> =>
    stores().addFiles(viewer, {
      storeId,
      files: files.map((file) => toAdd(typeof file === 'string' ? { fileId: file } : file)),
      addedByApiKeyId: null,
      addedBy: null,
      batchId: null,
      nowMs: NOW_MS,
      ...changes,
    })
  const addOne = async (viewer: StoreViewer, storeId: string, file: string | Partial<FileToAdd>) => {
    const [added] = await add(viewer, storeId, [file])
    assert.ok(added)
    return added
  }
  /** Adds a new file to a new store. */
  const newStoreFile = async (viewer: StoreViewer) => {
    const store = await newStore(viewer)
    const fileId = await newFile(viewer)
    return { store, fileId, storeFile: await addOne(viewer, store.id, fileId) }
  }
  const tasks = new Map<string, Task>()
  /** Claims all tasks, and returns the one that indexes a file; null when there is none. */
  const claim = async ({ id }: StoreFile, kind = INDEXING_TASK): Promise<Task | null> => {
    const request = {
      kind,
      nowMs: NOW_MS + MINUTE_MS,
      leaseUntilMs: NOW_MS + DAY_MS,
      deadlineAtMs: 9e12,
      max: 100,
    }
    for (let after = '', isExhausted = false; !isExhausted; ) {
      const claim = await fixture.database.tasks.claim({ ...request, maxPerOrganization: 10_000, after })
      for (const task of claim.tasks) tasks.set(task.key, task)
      after = claim.after
      isExhausted = claim.isExhausted
    }
    const task = tasks.get(id)
    return task?.kind === kind && (await fixture.database.tasks.renew(task, NOW_MS + DAY_MS)) ? task : null
  }
  const claimed = async (storeFile: StoreFile): Promise<Task> =>
    (await claim(storeFile)) ?? assert.fail(`no task indexes ${storeFile.id}`)
  const complete = async (storeFile: StoreFile, changes: Partial<IndexedResult> = {}) => {
    const task = await claimed(storeFile)
    assert.ok(await stores().indexing.begin(task, NOW_MS))
    assert.equal(await stores().indexing.complete(task, { ...RESULT, ...changes }), true)
  }
  const find = async (viewer: StoreViewer, { id }: Pick<VectorStore, 'id'>): Promise<VectorStore> =>
    (await stores().find(viewer, id)) ?? assert.fail('the store is not found')
  const statusOf = async (viewer: StoreViewer, { vectorStoreId, fileId }: StoreFile) =>
    (await stores().findFile(viewer, vectorStoreId, fileId))?.status ?? null
  const partsOf = async (
    store: Pick<VectorStore, 'organizationId' | 'id'>,
    fileId: string,
    revision: string,
  ) => {
    const parts: string[] = []
    for await (const bytes of stores().indexing.readDocument(placeOf(store), fileId, revision)) {
      parts.push(Buffer.from(bytes).toString())
    }
    return parts
  }
  const listFiles = async (
    viewer: StoreViewer,
    storeId: string,
    request: Partial<CursorRequest> & {
      statuses?: readonly StoreFileStatus[]
      batchId?: string | null
    } = {},
  ) => stores().listFiles(viewer, storeId, { ...FIRST, statuses: [], batchId: null, ...request })
  return {
    stores,
    newViewer,
    newStore,
    newFile,
    add,
    addOne,
    newStoreFile,
    claim,
    claimed,
    complete,
    find,
    statusOf,
    partsOf,
    listFiles,
  }
}

const RESULT: IndexedResult = {
  revision: 'r1',
  parts: 1,
  chunkCount: 3,
  usageBytes: 70,
  embeddingModel: null,
  nowMs: NOW_MS + 5,
  log: null,
}

const DEFERRED: LogEntry = {
  ...{ atMs: NOW_MS + 2, level: 'info', step: 'extracting', message: 'It waits.', attempt: 1 },
}

function placeOf({ organizationId, id }: Pick<VectorStore, 'organizationId' | 'id'>): StorePlace {
  return { organizationId, storeId: id }
}

function storeOf({ actorId }: StoreViewer): NewVectorStoreRecord {
  return {
    id: createId('vs'),
    name: 'Manuals',
    description: null,
    accessMode: 'organization',
    createdBy: actorId ?? 'operator',
    metadata: {},
    expiresAfterDays: null,
  }
}

function toAdd(file: Partial<FileToAdd>): FileToAdd {
  return { id: createId('vsf'), fileId: createId('file'), attributes: null, chunking: null, ...file }
}

function describeStores(fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, find, addOne } = helpers

  it('creates a vector store with files, and finds it', async () => {
    const viewer = await newViewer()
    const fileId = await newFile(viewer)
    const record = {
      ...storeOf(viewer),
      description: 'Ä "quoted" 🙂',
      metadata: { team: 'support', ключ: '\0' },
      expiresAfterDays: 7,
    }
    const created = await stores().create(viewer, record, [toAdd({ fileId }), toAdd({})], NOW_MS)
    assert.deepEqual(created, {
      ...record,
      accessDepartments: [],
      accessUsers: [],
      organizationId: viewer.organizationId,
      createdAtMs: NOW_MS,
      updatedAtMs: NOW_MS,
      lastActiveAtMs: NOW_MS,
      expiredAtMs: null,
      counts: { inProgress: 1, completed: 0, failed: 1, cancelled: 0 },
      dataBytes: 100,
      usageBytes: 0,
      seq: 2,
    })
    assert.deepEqual(await stores().find(viewer, record.id), created)
  })

  it('changes the given members of a vector store, and records the activity', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer, { description: 'Old', expiresAfterDays: 1 })
    const changed = await stores().update(viewer, store.id, { name: 'New', expiresAfterDays: 2 }, NOW_MS + 9)
    const expected = { ...store, name: 'New', expiresAfterDays: 2 }
    assert.deepEqual(changed, { ...expected, updatedAtMs: NOW_MS + 9, lastActiveAtMs: NOW_MS + 9 })
    assert.deepEqual(await find(viewer, store), changed)
    assert.equal(await stores().update(viewer, createId('vs'), { name: 'x' }, NOW_MS), null)
  })

  it('shows stores of departments to their members, and private ones to their users', async () => {
    const owner = await newViewer()
    const { organizationId } = owner
    const newUser = async (departments: readonly string[], place = organizationId) => {
      const subject = createId('usr')
      const claims = {
        issuer: 'https://id.example.com',
        subject,
        name: null,
        email: null,
        isEmailVerified: false,
      }
      const times = { issuedAtMs: NOW_MS, expiresAtMs: NOW_MS }
      const { users, members } = fixture.database
      const { user } = await users.signIn({ ...claims, ...times, memberships: null }, createId('usr'), NOW_MS)
      const member = {
        id: createId('mem'),
        userId: user.id,
        email: null,
        role: 'member',
        departments,
      } as const
      const added = { ...member, addedBy: null, createdAtMs: NOW_MS }
      assert.equal((await members.add(place, added, 100)).kind, 'added')
      return { organizationId, actorId: user.id, seesAll: false, memberId: member.id }
    }
    const sales = await newUser(['Support', 'Sales'])
    const named = await newUser(['sales'])
    const elsewhere = await newUser(['Sales'], await fixture.newOrganization())
    const access = {
      accessMode: 'department',
      accessDepartments: ['Sales', 'Legal'],
      accessUsers: [],
    } as const
    const store = await newStore(owner, access)
    assert.deepEqual((await find(sales, store)).accessDepartments, ['Sales', 'Legal'])
    assert.equal(await stores().find(named, store.id), null)
    assert.equal(await stores().find(elsewhere, store.id), null)
    const modeOf = async (accessMode: 'private' | 'department') =>
      (await stores().list(sales, { ...ALL_STORES, accessMode })).total
    assert.deepEqual([await modeOf('department'), await modeOf('private')], [1, 0])
    const { members } = fixture.database
    await members.update(organizationId, sales.memberId, { departments: ['Support'] }, null)
    assert.equal(await stores().find(sales, store.id), null)
    const users = [named.actorId]
    const change = { accessMode: 'private', accessDepartments: [], accessUsers: users } as const
    await stores().update(owner, store.id, change, NOW_MS)
    assert.deepEqual(
      [(await find(named, store)).accessUsers, await stores().find(sales, store.id)],
      [users, null],
    )
  })

  it('hides private vector stores of other keys in every method', async () => {
    const owner = await newViewer()
    const store = await newStore(owner, { accessMode: 'private' })
    const fileId = await newFile(owner)
    const [added] = await helpers.add(owner, store.id, [fileId], { batchId: createId('vsfb') })
    assert.ok(added)
    const other = { ...owner, actorId: createId('ak') }
    await assertHidden(other, store.id, fileId)
    await assertHidden({ ...owner, actorId: null }, store.id, fileId)
    assert.equal((await stores().list(other, ALL_STORES)).total, 0)
    assert.deepEqual(await stores().sumUsage(other), { stores: 0, files: 0, bytes: 0 })
    const admin = { ...owner, actorId: null, seesAll: true }
    for (const viewer of [owner, admin]) {
      assert.equal((await find(viewer, store)).id, store.id)
      assert.equal((await stores().list(viewer, ALL_STORES)).total, 1)
      assert.deepEqual(await stores().sumUsage(viewer), { stores: 1, files: 1, bytes: 100 })
    }
  })

  it('hides vector stores of one organization from another in every method', async () => {
    const owner = await newViewer()
    const { store, fileId, storeFile } = await helpers.newStoreFile(owner)
    const stranger = { ...(await newViewer()), seesAll: true }
    await assertHidden(stranger, store.id, fileId)
    await assertHidden(stranger, store.id, storeFile.id)
    assert.equal(await stores().findPosition(stranger, store.id), null)
    assert.equal((await stores().list(stranger, ALL_STORES)).total, 0)
    await helpers.complete(storeFile, { parts: 0 })
    const { indexing } = stores()
    assert.equal((await indexing.changesAfter(placeOf(store), 0, 9)).changes.length, 1)
    assert.equal(await indexing.lacksVectors(placeOf(store), 'model'), true)
    assert.equal((await indexing.findLive(placeOf(store), [fileId])).size, 1)
    assert.deepEqual(await helpers.partsOf(store, fileId, RESULT.revision), [])
    const foreign = { ...placeOf(store), organizationId: stranger.organizationId }
    assert.deepEqual((await indexing.changesAfter(foreign, 0, 9)).changes, [])
    assert.equal(await indexing.lacksVectors(foreign, 'model'), false)
    assert.equal((await indexing.findLive(foreign, [fileId])).size, 0)
    await assert.rejects(
      helpers.partsOf({ ...store, organizationId: stranger.organizationId }, fileId, RESULT.revision),
      { code: 'FILE_NOT_IN_STORE' },
    )
  })

  it('changes nothing in a vector store of another organization', async () => {
    const owner = await newViewer()
    const { store, fileId, storeFile } = await helpers.newStoreFile(owner)
    const before = [await find(owner, store), await stores().findFile(owner, store.id, fileId)]
    const stranger = { ...(await newViewer()), seesAll: true }
    await assertHidden(stranger, store.id, storeFile.id)
    assert.deepEqual([await find(owner, store), await stores().findFile(owner, store.id, fileId)], before)
  })

  /** Asserts that no method sees, or changes, the store. */
  const assertHidden = async (viewer: StoreViewer, storeId: string, fileId: string): Promise<void> => {
    const { items } = await helpers.listFiles({ ...viewer, seesAll: true }, storeId)
    const batchId = items[0]?.id ?? createId('vsfb')
    assert.equal(await stores().find(viewer, storeId), null)
    assert.equal(await stores().update(viewer, storeId, { name: 'Taken' }, NOW_MS), null)
    assert.equal(await stores().delete(viewer, storeId, NOW_MS), false)
    assert.equal(await stores().findFile(viewer, storeId, fileId), null)
    assert.equal(await stores().findFilePosition(viewer, storeId, fileId), null)
    assert.deepEqual(await helpers.listFiles(viewer, storeId), { items: [], total: 0, hasMore: false })
    assert.equal(await stores().updateAttributes(viewer, storeId, fileId, { a: 1 }, NOW_MS), null)
    assert.equal(await stores().removeFile(viewer, storeId, fileId, NOW_MS), false)
    assert.equal(await stores().retryFile(viewer, storeId, fileId, false, NOW_MS), null)
    assert.deepEqual(await stores().listLog(viewer, storeId, fileId, 9), [])
    assert.equal(await stores().findBatch(viewer, storeId, batchId), null)
    assert.equal(await stores().cancelBatch(viewer, storeId, batchId, NOW_MS), null)
    await stores().touch(viewer, [storeId], NOW_MS + DAY_MS)
    await assert.rejects(helpers.add(viewer, storeId, [fileId]), { code: 'VECTOR_STORE_NOT_FOUND' })
  }

  it('adds no file of another organization to a vector store', async () => {
    const viewer = await newViewer()
    const foreign = await newFile(await newViewer())
    const store = await newStore(viewer)
    const added = await addOne(viewer, store.id, foreign)
    assert.equal(added.status, 'failed')
    assert.equal(added.file, null)
    assert.equal((await find(viewer, store)).dataBytes, 0)
  })

  it('lists vector stores in both directions, from any position', async () => {
    const viewer = await newViewer()
    const ids: string[] = []
    for (const atMs of [1, 2, 2, 3, 4]) ids.push((await newStore(viewer, {}, NOW_MS + atMs)).id)
    const list = async (request: Partial<VectorStoreListRequest>) => {
      const { items, total, hasMore } = await stores().list(viewer, { ...ALL_STORES, ...request })
      assert.equal(total, 5)
      return [items.map(({ id }) => ids.indexOf(id)).join(''), hasMore]
    }
    const place = (index: number) => stores().findPosition(viewer, String(ids[index]))
    assert.deepEqual(await list({}), ['43210', false])
    assert.deepEqual(await list({ order: 'asc' }), ['01234', false])
    assert.deepEqual(await list({ limit: 2, skip: 1 }), ['32', true])
    assert.deepEqual(await list({ limit: 2, after: await place(2) }), ['10', false])
    assert.deepEqual(await list({ limit: 1, order: 'asc', after: await place(1) }), ['2', true])
    assert.deepEqual(await list({ limit: 2, before: await place(0) }), ['21', true])
    assert.deepEqual(await list({ limit: 2, before: await place(3) }), ['4', false])
    assert.deepEqual(await list({ after: await place(4), before: await place(1) }), ['32', false])
    assert.ok(await stores().delete(viewer, String(ids[2]), NOW_MS))
    const rest = await stores().list(viewer, { ...ALL_STORES, after: await place(2) })
    assert.deepEqual(
      rest.items.map(({ id }) => ids.indexOf(id)),
      [1, 0],
    )
    assert.equal(rest.total, 4)
    assert.equal(await stores().findPosition(viewer, createId('vs')), null)
  })

  it('sorts vector stores by name, size and number of files', async () => {
    const viewer = await newViewer()
    for (const [index, name] of ['b', 'c', 'a'].entries()) {
      const store = await newStore(viewer, { name }, NOW_MS + index)
      for (let files = 0; files < index; files++) await addOne(viewer, store.id, await newFile(viewer))
    }
    await stores().update(
      viewer,
      (await stores().list(viewer, ALL_STORES)).items[2]?.id ?? '',
      {},
      NOW_MS + 9,
    )
    for (const [sort, expected] of [
      ['createdAt', 'bca'],
      ['updatedAt', 'cab'],
      ['name', 'abc'],
      ['dataBytes', 'bca'],
      ['fileCount', 'bca'],
    ] as const) {
      const { items } = await stores().list(viewer, { ...ALL_STORES, sort, order: 'asc' })
      assert.equal(items.map(({ name }) => name).join(''), expected, sort)
    }
  })

  it('searches names and descriptions for a part, without regard to case', async () => {
    const viewer = await newViewer()
    await newStore(viewer, { name: '100% Größe_1\\a', description: null })
    await newStore(viewer, { name: 'Other', description: 'Тексты И КНИГИ', accessMode: 'private' })
    for (const [search, expected] of [
      ['GRÖSSE', 0],
      ['GRÖßE', 1],
      ['00% g', 1],
      ['%', 1],
      ['_1', 1],
      ['e_', 1],
      ['r_ße', 0],
      ['\\a', 1],
      ['\\', 1],
      ['книги', 1],
      ['OTHE', 1],
      ['manual', 0],
      ['\0', 0],
    ] as const) {
      const { total, items } = await stores().list(viewer, { ...ALL_STORES, search })
      assert.deepEqual([total, items.length], [expected, expected], search)
    }
    const privates = await stores().list(viewer, { ...ALL_STORES, accessMode: 'private' })
    assert.deepEqual(
      privates.items.map(({ name }) => name),
      ['Other'],
    )
  })

  it('records searches as activity, at most once a minute', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer, { expiresAfterDays: 1 })
    await stores().touch(viewer, [store.id, createId('vs')], NOW_MS + MINUTE_MS - 1)
    assert.equal((await find(viewer, store)).lastActiveAtMs, NOW_MS)
    await stores().touch(viewer, [store.id], NOW_MS + MINUTE_MS)
    assert.equal((await find(viewer, store)).lastActiveAtMs, NOW_MS + MINUTE_MS)
    await stores().touch(viewer, [store.id], NOW_MS + MINUTE_MS + DAY_MS)
    const expired = await stores().indexing.expireStores(NOW_MS + MINUTE_MS + DAY_MS, 1000)
    assert.ok(expired.includes(store.id), 'a search of an expired store does not revive it')
  })

  it('lets no change revive an expired vector store', async () => {
    const viewer = await newViewer()
    const { store, storeFile, fileId } = await helpers.newStoreFile(viewer)
    assert.ok(await stores().update(viewer, store.id, { expiresAfterDays: 1 }, NOW_MS))
    const dueMs = NOW_MS + DAY_MS
    assert.equal(await stores().update(viewer, store.id, { expiresAfterDays: null }, dueMs), null)
    await stores().updateAttributes(viewer, store.id, fileId, { a: 1 }, dueMs)
    await stores().retryFile(viewer, store.id, fileId, false, dueMs)
    await helpers.add(viewer, store.id, [fileId], { nowMs: dueMs })
    await stores().removeFile(viewer, store.id, storeFile.id, dueMs)
    assert.equal((await find(viewer, store)).lastActiveAtMs, NOW_MS)
    assert.ok((await stores().indexing.expireStores(dueMs, 1000)).includes(store.id))
    assert.equal(await stores().update(viewer, store.id, { name: 'Later' }, dueMs), null)
  })

  it('deletes a vector store with its files and tasks, and keeps the Files', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await helpers.newStoreFile(viewer)
    assert.equal(await stores().delete(viewer, store.id, NOW_MS), true)
    assert.equal(await stores().delete(viewer, store.id, NOW_MS), false)
    assert.equal(await stores().find(viewer, store.id), null)
    assert.equal(await stores().findFile(viewer, store.id, fileId), null)
    assert.equal(await helpers.claim(storeFile), null)
    assert.deepEqual(await stores().sumUsage(viewer), { stores: 0, files: 0, bytes: 0 })
    assert.deepEqual(await stores().findPosition(viewer, store.id), { timeMs: NOW_MS, id: store.id })
    assert.equal((await fixture.database.files.find(viewer.organizationId, fileId))?.id, fileId)
    assert.equal((await stores().indexing.findLive(placeOf(store), [fileId])).size, 0)
  })
}

function describeAddedFiles(fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, add, addOne, newStoreFile, claim, find, statusOf } = helpers

  it('adds a file to a vector store with a task to index it', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const file = toAdd({
      fileId: await newFile(viewer),
      attributes: { year: 2024, draft: false, name: 'é\0' },
    })
    const [added] = await add(viewer, store.id, [file], { addedByApiKeyId: 'ak_1' })
    assert.deepEqual(added, {
      id: file.id,
      vectorStoreId: store.id,
      fileId: file.fileId,
      organizationId: viewer.organizationId,
      attributes: file.attributes,
      chunking: { kind: 'auto' },
      status: 'pending',
      step: 'queued',
      progressPercent: 0,
      error: null,
      attempts: 0,
      addedAtMs: NOW_MS,
      addedByApiKeyId: 'ak_1',
      addedBy: null,
      startedAtMs: null,
      endedAtMs: null,
      chunkCount: 0,
      usageBytes: 0,
      embeddingModel: null,
      revision: null,
      file: { filename: 'report.txt', sizeBytes: 100, contentType: 'text/plain' },
    })
    assert.deepEqual(await stores().findFile(viewer, store.id, file.fileId), added)
    assert.deepEqual(await stores().findFile(viewer, store.id, file.id), added)
    const task = await helpers.claimed(added)
    assert.equal(task.organizationId, viewer.organizationId)
  })

  it('keeps one association when a file is added twice at the same time', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const fileId = await newFile(viewer)
    const added = await Promise.all([1, 2, 3].map(() => addOne(viewer, store.id, fileId)))
    assert.equal(new Set(added.map(({ id }) => id)).size, 1)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1 }))
    assert.equal((await helpers.listFiles(viewer, store.id)).total, 1)
  })

  it('loses none of the files that ten callers add to one vector store at once', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const fileIds = await Promise.all(Array.from({ length: 10 }, () => newFile(viewer)))
    await Promise.all(fileIds.map((fileId) => addOne(viewer, store.id, fileId)))
    const { items, total } = await helpers.listFiles(viewer, store.id)
    assert.equal(total, 10)
    assert.deepEqual(items.map(({ fileId }) => fileId).sort(), fileIds.toSorted())
    const { seq, counts, dataBytes } = await find(viewer, store)
    assert.deepEqual(
      { seq, counts, dataBytes },
      { seq: 10, counts: countsOf({ inProgress: 10 }), dataBytes: 1000 },
    )
    for (const item of items) await helpers.claimed(item)
  })

  it('leaves a file unchanged that is added again, and replaces its attributes', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    await helpers.complete(storeFile)
    const completed = await stores().findFile(viewer, store.id, fileId)
    const { seq } = await find(viewer, store)
    assert.deepEqual(await addOne(viewer, store.id, fileId), completed)
    const same = { fileId, attributes: {}, chunking: { kind: 'auto' } as const }
    assert.deepEqual(await addOne(viewer, store.id, same), completed)
    assert.equal((await find(viewer, store)).seq, seq)
    const changed = await addOne(viewer, store.id, { fileId, attributes: { a: 'b' } })
    assert.deepEqual(changed, { ...completed, attributes: { a: 'b' } })
    assert.deepEqual(await stores().findFile(viewer, store.id, fileId), changed)
    assert.equal((await find(viewer, store)).seq, seq + 1)
    assert.equal(await claim(storeFile), null)
  })

  it('indexes a file again that is added with another strategy, while its chunks go on answering', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    await helpers.complete(storeFile)
    const chunking = { kind: 'static', maxChunkTokens: 200, overlapTokens: 20 } as const
    const again = await addOne(viewer, store.id, { fileId, chunking })
    assert.deepEqual([again.id, again.status, again.revision], [storeFile.id, 'pending', 'r1'])
    assert.deepEqual([again.chunking, again.chunkCount], [chunking, 3])
    const live = await stores().indexing.findLive(placeOf(store), [fileId])
    assert.equal(live.get(fileId)?.revision, 'r1')
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1 }))
    await helpers.complete(again, { revision: 'r2' })
    assert.equal((await stores().findFile(viewer, store.id, fileId))?.revision, 'r2')
  })

  it('starts the indexing from the beginning when the strategy changes meanwhile', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const task = await helpers.claimed(storeFile)
    await stores().indexing.begin(task, NOW_MS)
    const chunking = { kind: 'static', maxChunkTokens: 200, overlapTokens: 20 } as const
    const again = await addOne(viewer, store.id, { fileId, chunking })
    assert.equal(again.status, 'pending')
    assert.equal(await stores().indexing.complete(task, RESULT), false)
    assert.equal(await statusOf(viewer, storeFile), 'pending')
    await helpers.complete(again)
  })

  it('indexes a failed file again that is added again', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const task = await helpers.claimed(storeFile)
    await stores().indexing.begin(task, NOW_MS)
    assert.equal(await stores().indexing.fail(task, UNSUPPORTED, NOW_MS), true)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ failed: 1 }))
    const again = await addOne(viewer, store.id, fileId)
    assert.deepEqual([again.id, again.status, again.error], [storeFile.id, 'pending', null])
    await helpers.complete(again)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ completed: 1 }))
  })

  it('adds files that do not exist as failed entries, and adds the others', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const [known, deleted, trashed] = [await newFile(viewer), await newFile(viewer), await newFile(viewer)]
    const unknown = createId('file')
    await fixture.database.files.delete(viewer.organizationId, deleted, NOW_MS)
    await fixture.database.files.trash(viewer.organizationId, trashed, NOW_MS)
    const added = await add(viewer, store.id, [unknown, known, deleted, trashed])
    assert.deepEqual(
      added.map(({ fileId, status, error }) => [fileId, status, error?.code ?? null]),
      [
        [unknown, 'failed', 'invalid_file'],
        [known, 'pending', null],
        [deleted, 'failed', 'invalid_file'],
        [trashed, 'failed', 'invalid_file'],
      ],
    )
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1, failed: 3 }))
    assert.equal((await find(viewer, store)).dataBytes, 100)
    const retried = await stores().retryFile(viewer, store.id, unknown, false, NOW_MS)
    assert.deepEqual([retried?.status, retried?.error?.code], ['failed', 'invalid_file'])
    await fixture.database.files.restore(viewer.organizationId, trashed, NOW_MS)
    assert.equal((await stores().retryFile(viewer, store.id, trashed, false, NOW_MS))?.status, 'pending')
  })

  it('replaces attributes at once, without indexing', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const changed = await stores().updateAttributes(viewer, store.id, storeFile.id, { a: 1.5 }, NOW_MS + 1)
    assert.deepEqual(changed, { ...storeFile, attributes: { a: 1.5 } })
    const live = await stores().indexing.findLive(placeOf(store), [fileId])
    assert.deepEqual(live.get(fileId), { revision: null, filename: 'report.txt', attributes: { a: 1.5 } })
    assert.equal((await find(viewer, store)).lastActiveAtMs, NOW_MS + 1)
  })

  it('removes a file from a vector store, with its task', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    assert.equal(await stores().removeFile(viewer, store.id, fileId, NOW_MS), true)
    assert.equal(await stores().removeFile(viewer, store.id, storeFile.id, NOW_MS), false)
    assert.equal(await stores().findFile(viewer, store.id, fileId), null)
    assert.equal(await claim(storeFile), null)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({}))
    assert.equal((await find(viewer, store)).dataBytes, 0)
    const again = await addOne(viewer, store.id, fileId)
    assert.notEqual(again.id, storeFile.id)
  })

  it('retries a failed file from the first attempt, and leaves one in progress', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    assert.deepEqual(await stores().retryFile(viewer, store.id, fileId, false, NOW_MS), storeFile)
    const task = await helpers.claimed(storeFile)
    const begun = await stores().indexing.begin(task, NOW_MS + 1)
    assert.deepEqual(await stores().retryFile(viewer, store.id, fileId, false, NOW_MS), begun)
    assert.ok(await stores().indexing.fail(task, UNSUPPORTED, NOW_MS + 2))
    const kept = await stores().retryFile(viewer, store.id, fileId, true, NOW_MS)
    assert.deepEqual(kept, { ...storeFile, error: UNSUPPORTED })
    await helpers.complete(storeFile)
    assert.equal((await stores().findFile(viewer, store.id, fileId))?.error, null)
    assert.deepEqual(
      (await stores().retryFile(viewer, store.id, fileId, false, NOW_MS))?.status,
      'pending',
      'a completed file can be indexed again',
    )
  })

  for (const [what, remove] of [
    ['deleted', (id: string, fileId: string) => fixture.database.files.delete(id, fileId, NOW_MS)],
    ['trashed', (id: string, fileId: string) => fixture.database.files.trash(id, fileId, NOW_MS)],
  ] as const) {
    it(`removes a ${what} File from all vector stores in the same transaction`, async () => {
      const viewer = await newViewer()
      const fileId = await newFile(viewer)
      const stays = await newFile(viewer)
      const places = []
      for (const _ of [1, 2, 3]) {
        const store = await newStore(viewer)
        const [storeFile, other] = await add(viewer, store.id, [fileId, stays])
        assert.ok(storeFile && other)
        places.push({ store, storeFile })
      }
      const [first] = places
      assert.ok(first)
      await helpers.complete(first.storeFile)
      assert.ok(await remove(viewer.organizationId, fileId))
      for (const { store, storeFile } of places) {
        assert.equal(await statusOf(viewer, storeFile), null)
        assert.equal(await claim(storeFile), null)
        const { counts, dataBytes, usageBytes, seq } = await find(viewer, store)
        assert.deepEqual(
          { counts, dataBytes, usageBytes },
          { counts: countsOf({ inProgress: 1 }), dataBytes: 100, usageBytes: 0 },
        )
        const { changes } = await stores().indexing.changesAfter(placeOf(store), seq - 1, 9)
        assert.deepEqual(changes, [{ seq, fileId, revision: null, attributes: {} }])
        assert.equal((await stores().indexing.findLive(placeOf(store), [fileId])).size, 0)
      }
    })

    it(`leaves no association of a File that is ${what} while it is added to several vector stores`, async () => {
      const viewer = await newViewer()
      const targets = [await newStore(viewer), await newStore(viewer), await newStore(viewer)]
      const fileIds = await Promise.all(Array.from({ length: 8 }, () => newFile(viewer)))
      await Promise.all(
        fileIds.flatMap((fileId) => [
          ...targets.map((store) => addOne(viewer, store.id, fileId)),
          remove(viewer.organizationId, fileId),
        ]),
      )
      for (const store of targets) {
        const { items } = await helpers.listFiles(viewer, store.id)
        const left = items.filter(({ status }) => status !== 'failed')
        assert.deepEqual(left, [])
        const { counts, dataBytes } = await find(viewer, store)
        assert.deepEqual({ counts, dataBytes }, { counts: countsOf({ failed: items.length }), dataBytes: 0 })
      }
    })
  }
}

function countsOf(counts: Partial<VectorStore['counts']>): VectorStore['counts'] {
  return { inProgress: 0, completed: 0, failed: 0, cancelled: 0, ...counts }
}

function describeLists(_fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, add, addOne, listFiles } = helpers

  it('lists the files of a vector store by status, in both directions', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const storeFiles: StoreFile[] = []
    for (let index = 0; index < 6; index++) {
      const fileId = index === 5 ? createId('file') : await newFile(viewer)
      storeFiles.push(...(await add(viewer, store.id, [fileId], { nowMs: NOW_MS + Math.floor(index / 2) })))
    }
    const [, second, third, fourth] = storeFiles
    assert.ok(second && third && fourth)
    await helpers.complete(second)
    await helpers.complete(third)
    await stores().indexing.begin(await helpers.claimed(fourth), NOW_MS)
    const list = async (request: Parameters<typeof listFiles>[2]) => {
      const { items, total, hasMore } = await listFiles(viewer, store.id, request)
      const ids = storeFiles.map(({ id }) => id)
      return [items.map(({ id }) => ids.indexOf(id)).join(''), total, hasMore]
    }
    const place = (index: number) =>
      stores().findFilePosition(viewer, store.id, String(storeFiles[index]?.fileId))
    assert.deepEqual(await list({}), ['543210', 6, false])
    assert.deepEqual(await list({ statuses: ['completed'] }), ['21', 2, false])
    assert.deepEqual(await list({ statuses: ['pending', 'processing'] }), ['430', 3, false])
    assert.deepEqual(await list({ statuses: ['pending'] }), ['40', 2, false])
    assert.deepEqual(await list({ statuses: ['processing', 'failed'], order: 'asc' }), ['35', 2, false])
    assert.deepEqual(await list({ statuses: ['cancelled'] }), ['', 0, false])
    assert.deepEqual(await list({ statuses: ['completed', 'pending'], limit: 2, skip: 1 }), ['21', 4, true])
    assert.deepEqual(await list({ limit: 2, after: await place(3) }), ['21', 6, true])
    assert.deepEqual(await list({ limit: 2, before: await place(3) }), ['54', 6, false])
    assert.deepEqual(await list({ limit: 1, before: await place(3) }), ['4', 6, true])
    assert.deepEqual(
      await list({ order: 'asc', limit: 1, before: await place(2), statuses: ['completed'] }),
      [...['1', 2, false]],
    )
  })

  it('continues a list after a file that was removed meanwhile', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const added = await add(viewer, store.id, [
      await newFile(viewer),
      await newFile(viewer),
      await newFile(viewer),
    ])
    const middle = added[1]
    assert.ok(middle)
    const place = await stores().findFilePosition(viewer, store.id, middle.fileId)
    assert.deepEqual(place, { timeMs: NOW_MS, id: middle.id })
    await stores().removeFile(viewer, store.id, middle.fileId, NOW_MS)
    assert.deepEqual(await stores().findFilePosition(viewer, store.id, middle.fileId), place)
    assert.deepEqual(await stores().findFilePosition(viewer, store.id, middle.id), place)
    const { items } = await listFiles(viewer, store.id, { after: place })
    assert.deepEqual(
      items.map(({ id }) => id),
      [added[0]?.id],
    )
    assert.equal(await stores().findFilePosition(viewer, store.id, createId('file')), null)
    const again = await addOne(viewer, store.id, middle.fileId)
    assert.equal((await stores().findFilePosition(viewer, store.id, middle.fileId))?.id, again.id)
  })
}

function describeBatches(_fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, add, listFiles, find } = helpers

  it('counts each file of a batch once, by status', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const [one, two] = [await newFile(viewer), await newFile(viewer)]
    const batchId = createId('vsfb')
    const added = await add(viewer, store.id, [one, two, one, createId('file')], { batchId })
    assert.deepEqual(added[0], added[2])
    await add(viewer, store.id, [await newFile(viewer)])
    assert.ok(added[0])
    await helpers.complete(added[0])
    const batch = await stores().findBatch(viewer, store.id, batchId)
    assert.deepEqual(batch, {
      id: batchId,
      vectorStoreId: store.id,
      organizationId: viewer.organizationId,
      createdAtMs: NOW_MS,
      cancelledAtMs: null,
      counts: countsOf({ inProgress: 1, completed: 1, failed: 1 }),
    })
    const { items, total } = await listFiles(viewer, store.id, { batchId })
    assert.deepEqual([items.length, total], [3, 3])
    const failed = await listFiles(viewer, store.id, { batchId, statuses: ['failed', 'cancelled'] })
    assert.deepEqual([failed.items.map(({ status }) => status), failed.total], [['failed'], 1])
    assert.equal((await find(viewer, store)).counts.inProgress, 2)
  })

  it('pages through the files of a batch', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const batchId = createId('vsfb')
    const fileIds = await Promise.all(Array.from({ length: 5 }, () => newFile(viewer)))
    const added = await add(viewer, store.id, fileIds, { batchId })
    const seen: string[] = []
    let after: CursorRequest['after'] = null
    for (;;) {
      const { items, total, hasMore } = await listFiles(viewer, store.id, { batchId, after, limit: 2 })
      assert.equal(total, 5)
      seen.push(...items.map(({ id }) => id))
      if (!hasMore) break
      after = await stores().findFilePosition(viewer, store.id, items.at(-1)?.fileId ?? '')
    }
    assert.deepEqual(seen, added.map(({ id }) => id).reverse())
  })

  it('cancels the files of a batch that are in progress', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const batchId = createId('vsfb')
    const fileIds = [await newFile(viewer), await newFile(viewer), await newFile(viewer)]
    const [completed, begun, pending] = await add(viewer, store.id, fileIds, { batchId })
    assert.ok(completed && begun && pending)
    await helpers.complete(completed)
    const task = await helpers.claimed(begun)
    await stores().indexing.begin(task, NOW_MS)
    const cancelled = await stores().cancelBatch(viewer, store.id, batchId, NOW_MS + 7)
    assert.deepEqual(cancelled?.counts, countsOf({ completed: 1, cancelled: 2 }))
    assert.equal(cancelled?.cancelledAtMs, NOW_MS + 7)
    assert.deepEqual(await stores().cancelBatch(viewer, store.id, batchId, NOW_MS + 8), cancelled)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ completed: 1, cancelled: 2 }))
    assert.equal(await stores().indexing.complete(task, RESULT), false)
    assert.equal(await helpers.statusOf(viewer, begun), 'cancelled')
    assert.equal(await helpers.claim(pending), null)
    assert.equal(await stores().cancelBatch(viewer, store.id, createId('vsfb'), NOW_MS), null)
  })

  it('leaves a batch without files in progress as it is', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const batchId = createId('vsfb')
    const [added] = await add(viewer, store.id, [await newFile(viewer)], { batchId })
    assert.ok(added)
    await helpers.complete(added)
    const batch = await stores().findBatch(viewer, store.id, batchId)
    assert.deepEqual(await stores().cancelBatch(viewer, store.id, batchId, NOW_MS + 7), batch)
    assert.deepEqual(await stores().findBatch(viewer, store.id, batchId), batch)
    assert.equal(batch?.cancelledAtMs, null)
  })

  it('keeps the indexed chunks of a file whose second indexing is cancelled', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await helpers.newStoreFile(viewer)
    await helpers.complete(storeFile)
    const batchId = createId('vsfb')
    const chunking = { kind: 'static', maxChunkTokens: 200, overlapTokens: 20 } as const
    await add(viewer, store.id, [{ fileId, chunking }], { batchId })
    const cancelled = await stores().cancelBatch(viewer, store.id, batchId, NOW_MS)
    assert.deepEqual(cancelled?.counts, countsOf({ completed: 1 }))
    assert.equal((await stores().indexing.findLive(placeOf(store), [fileId])).get(fileId)?.revision, 'r1')
  })
}

function describeIndexing(_fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, newStoreFile, addOne, find, claimed, complete, partsOf } =
    helpers
  it('indexes a file: begins, reports progress, stores the document and completes', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const { indexing } = stores()
    const task = await claimed(storeFile)
    const begun = await indexing.begin(task, NOW_MS + 1)
    assert.deepEqual(begun, {
      ...storeFile,
      ...{ status: 'processing', step: 'extracting', attempts: 1, startedAtMs: NOW_MS + 1 },
    })
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1 }))
    assert.equal(await indexing.progress(task, 'embedding', 40), true)
    const seen = await stores().findFile(viewer, store.id, fileId)
    assert.deepEqual([seen?.step, seen?.progressPercent], ['embedding', 40])
    assert.equal(await indexing.addDocumentPart(task, 'r1', 0, Buffer.from('one')), true)
    assert.equal(await indexing.addDocumentPart(task, 'r1', 1, Buffer.from('t\0o')), true)
    assert.equal(await indexing.addDocumentPart(task, 'r1', 1, Buffer.from('t\0o')), true)
    await assert.rejects(partsOf(store, fileId, 'r1'), { code: 'FILE_NOT_IN_STORE' })
    assert.ok(await indexing.complete(task, { ...RESULT, parts: 2, embeddingModel: 'm' }))
    assert.deepEqual(await stores().findFile(viewer, store.id, fileId), {
      ...begun,
      ...{ status: 'completed', step: 'done', progressPercent: 100, endedAtMs: RESULT.nowMs },
      ...{ chunkCount: 3, usageBytes: 70, embeddingModel: 'm', revision: 'r1' },
    })
    assert.deepEqual(await partsOf(store, fileId, 'r1'), ['one', 't\0o'])
    const { counts, usageBytes } = await find(viewer, store)
    assert.deepEqual({ counts, usageBytes }, { counts: countsOf({ completed: 1 }), usageBytes: 70 })
    assert.equal(await helpers.claim(storeFile), null)
  })

  it('lets a file with scanned pages wait again, with a task of its own that has not begun', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const task = await claimed(storeFile)
    await stores().indexing.begin(task, NOW_MS + 1)
    assert.equal(await stores().indexing.deferToOcr(task, DEFERRED), true)
    assert.deepEqual(await stores().findFile(viewer, store.id, fileId), { ...storeFile, attempts: 1 })
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1 }))
    assert.deepEqual(await stores().listLog(viewer, store.id, fileId, 9), [DEFERRED])
    assert.equal(await stores().indexing.deferToOcr(task, DEFERRED), false)
    assert.equal(await helpers.claim(storeFile), null)
    const deferred = (await helpers.claim(storeFile, OCR_TASK)) ?? assert.fail('no task recognizes the text')
    // The deadline of a first run: the time before it does not count.
    assert.deepEqual([deferred.attempt, deferred.deadlineAtMs], [1, DEFERRED.atMs + 7 * DAY_MS])
    assert.ok(await stores().indexing.begin(deferred, NOW_MS + 2))
    assert.ok(await stores().indexing.complete(deferred, RESULT))
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ completed: 1 }))
  })

  it('removes the task of a scan with the file, and when the file is indexed from the beginning', async () => {
    const viewer = await newViewer()
    const newScan = async () => {
      const added = await newStoreFile(viewer)
      const task = await claimed(added.storeFile)
      await stores().indexing.begin(task, NOW_MS)
      await stores().indexing.deferToOcr(task, DEFERRED)
      return added
    }
    const [removed, changed] = [await newScan(), await newScan()]
    await stores().removeFile(viewer, removed.store.id, removed.fileId, NOW_MS)
    const chunking = { kind: 'static', maxChunkTokens: 200, overlapTokens: 0 } as const
    await addOne(viewer, changed.store.id, { fileId: changed.fileId, chunking })
    for (const { storeFile } of [removed, changed])
      assert.equal(await helpers.claim(storeFile, OCR_TASK), null)
    assert.ok(await helpers.claim(changed.storeFile))
  })

  it('finds the store that indexed a File last, among those that the viewer sees', async () => {
    const owner = await newViewer()
    const other: StoreViewer = { ...owner, actorId: createId('ak') }
    const stranger = await newViewer()
    const fileId = await newFile(owner)
    const open = await addOne(owner, (await newStore(owner)).id, fileId)
    const find = async (viewer: StoreViewer) => {
      const found = await stores().findIndexedFile(viewer, fileId)
      return found && [found.id, found.revision]
    }
    assert.equal(await find(owner), null)
    await complete(open)
    assert.deepEqual(await find(owner), [open.id, RESULT.revision])
    const closed = await addOne(owner, (await newStore(owner, { accessMode: 'private' })).id, fileId)
    await complete(closed, { revision: 'newer', nowMs: NOW_MS + MINUTE_MS })
    assert.deepEqual(await find(owner), [closed.id, 'newer'])
    assert.deepEqual(await find(other), [open.id, RESULT.revision])
    assert.equal(await find(stranger), null)
    await stores().removeFile(owner, closed.vectorStoreId, fileId, NOW_MS)
    await stores().delete(owner, open.vectorStoreId, NOW_MS)
    assert.equal(await find(owner), null)
  })

  it('tells the time of the latest indexings, and the places of the waiting files of an organization', async () => {
    const viewer = await newViewer()
    const { storeFile: ended } = await newStoreFile(viewer)
    // The model of no other test: the median is that of all organizations.
    const model = createId('file')
    const complete = async (storeFile: typeof ended, runMs: number) => {
      const task = await claimed(storeFile)
      await stores().indexing.begin(task, NOW_MS)
      await stores().indexing.complete(task, { ...RESULT, embeddingModel: model, nowMs: NOW_MS + runMs })
    }
    await complete(ended, 3000)
    await complete((await newStoreFile(viewer)).storeFile, 2000)
    await complete((await newStoreFile(viewer)).storeFile, 600_000)
    const { store, storeFile: running } = await newStoreFile(viewer)
    await claimed(running)
    const first = await helpers.addOne(viewer, store.id, await helpers.newFile(viewer))
    const fileId = await helpers.newFile(viewer)
    const [second] = await helpers.add(viewer, store.id, [fileId], { nowMs: NOW_MS + 1 })
    await newStoreFile(await newViewer())
    const pace = (sinceMs: number) =>
      stores().indexing.readPace(viewer.organizationId, [first.id, second?.id ?? '', running.id], {
        ...{ model, sinceMs },
      })
    const waiting = new Map([
      [first.id, { before: 0, runAtMs: NOW_MS }],
      [second?.id, { before: 1, runAtMs: NOW_MS + 1 }],
    ])
    assert.deepEqual(await pace(NOW_MS), { medianRunMs: 3000, running: 1, waiting })
    assert.equal((await pace(NOW_MS + 600_000)).medianRunMs, null)
  })

  it('replaces a document in one step, and deletes the parts of other revisions', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const { indexing } = stores()
    const first = await claimed(storeFile)
    await indexing.addDocumentPart(first, 'r1', 0, Buffer.from('old'))
    assert.ok(await indexing.complete(first, RESULT))
    await stores().retryFile(viewer, store.id, fileId, false, NOW_MS)
    const second = await claimed(storeFile)
    await indexing.addDocumentPart(second, 'r2', 0, Buffer.from('abandoned'))
    assert.ok(await indexing.begin(second, NOW_MS))
    await indexing.addDocumentPart(second, 'r3', 0, Buffer.from('new'))
    assert.deepEqual(await partsOf(store, fileId, 'r1'), ['old'])
    assert.ok(await indexing.complete(second, { ...RESULT, revision: 'r3', usageBytes: 5 }))
    assert.deepEqual(await partsOf(store, fileId, 'r3'), ['new'])
    await assert.rejects(partsOf(store, fileId, 'r1'), { code: 'FILE_NOT_IN_STORE' })
    assert.equal((await find(viewer, store)).usageBytes, 5)
  })

  it('removes the chunks of a file whose indexing fails', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    await helpers.complete(storeFile)
    await stores().retryFile(viewer, store.id, fileId, false, NOW_MS)
    const task = await claimed(storeFile)
    assert.ok(await stores().indexing.fail(task, UNSUPPORTED, NOW_MS + 3))
    const failed = await stores().findFile(viewer, store.id, fileId)
    assert.deepEqual(
      [failed?.status, failed?.error, failed?.endedAtMs, failed?.revision, failed?.chunkCount],
      ['failed', UNSUPPORTED, NOW_MS + 3, null, 0],
    )
    assert.equal((await find(viewer, store)).usageBytes, 0)
    assert.equal(await helpers.claim(storeFile), null)
  })

  it('changes nothing for a worker that has lost its lease', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const { indexing } = stores()
    const lost = { ...(await claimed(storeFile)), leaseToken: 'of an earlier claim' }
    const before = [await stores().findFile(viewer, store.id, fileId), await find(viewer, store)]
    assert.equal(await indexing.begin(lost, NOW_MS), null)
    assert.equal(await indexing.progress(lost, 'chunking', 1), false)
    assert.equal(await indexing.addDocumentPart(lost, 'r1', 0, Buffer.from('x')), false)
    assert.equal(await indexing.complete(lost, RESULT), false)
    assert.equal(await indexing.fail(lost, UNSUPPORTED, NOW_MS), false)
    assert.equal(await indexing.giveUp(lost, 'late', UNSUPPORTED, NOW_MS), false)
    await indexing.addLog(lost, { ...LOG, message: 'lost' })
    assert.deepEqual([await stores().findFile(viewer, store.id, fileId), await find(viewer, store)], before)
    assert.deepEqual(await stores().listLog(viewer, store.id, fileId, 9), [])
  })

  it('adds an entry to the log in the transaction that completes a file', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    await helpers.complete(storeFile, { log: { ...LOG, message: 'complete' } })
    assert.deepEqual(await stores().listLog(viewer, store.id, fileId, 9), [{ ...LOG, message: 'complete' }])
  })

  it('keeps the last 200 entries of the log of a file, oldest first', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await newStoreFile(viewer)
    const task = await claimed(storeFile)
    for (let index = 0; index < 205; index++) {
      await stores().indexing.addLog(task, { ...LOG, message: `entry ${index}` })
    }
    const entries = await stores().listLog(viewer, store.id, fileId, 500)
    assert.equal(entries.length, 200)
    assert.deepEqual(entries[0], { ...LOG, message: 'entry 5' })
    const last = await stores().listLog(viewer, store.id, storeFile.id, 2)
    assert.deepEqual(
      last.map(({ message }) => message),
      ['entry 203', 'entry 204'],
    )
  })
}

const LOG = { atMs: NOW_MS, level: 'warning', step: 'extracting', attempt: 1 } as const

function describeFeed(_fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newFile, add, find } = helpers

  it('returns the changes of a vector store in order, in pages', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const fileIds = [await newFile(viewer), await newFile(viewer), await newFile(viewer)]
    const [one, two, three] = await add(viewer, store.id, fileIds)
    assert.ok(one && two && three)
    await helpers.complete(two)
    await stores().removeFile(viewer, store.id, one.fileId, NOW_MS)
    await stores().updateAttributes(viewer, store.id, three.fileId, { a: 1 }, NOW_MS)
    const changesAfter = (seq: number, limit = 9) =>
      stores().indexing.changesAfter(placeOf(store), seq, limit)
    const expected = [
      { seq: 4, fileId: two.fileId, revision: 'r1', attributes: {} },
      { seq: 5, fileId: one.fileId, revision: null, attributes: {} },
      { seq: 6, fileId: three.fileId, revision: null, attributes: { a: 1 } },
    ]
    const whole = { seq: 6, hasMore: false, isComplete: true }
    assert.deepEqual(await changesAfter(0), { ...whole, changes: expected })
    assert.deepEqual(await changesAfter(0, 2), {
      ...{ seq: 5, hasMore: true, isComplete: true },
      changes: expected.slice(0, 2),
    })
    assert.deepEqual(await changesAfter(5), { ...whole, changes: expected.slice(2) })
    assert.deepEqual(await changesAfter(6), { ...whole, changes: [] })
    assert.equal((await changesAfter(7)).isComplete, false)
    assert.equal((await find(viewer, store)).seq, 6)
  })

  it('keeps the earlier revision of a file after a failure of the service, and not after one of the file', async () => {
    const viewer = await newViewer()
    const { store, fileId, storeFile } = await helpers.newStoreFile(viewer)
    await helpers.complete(storeFile)
    const failAgain = async (code: 'server_error' | 'invalid_file') => {
      assert.ok(await stores().retryFile(viewer, store.id, fileId, false, NOW_MS))
      const task = await helpers.claimed(storeFile)
      assert.ok(await stores().indexing.begin(task, NOW_MS))
      assert.ok(await stores().indexing.fail(task, { code, message: 'No.' }, NOW_MS))
      const file = await stores().findFile(viewer, store.id, fileId)
      return [file?.status, file?.revision, file?.chunkCount, file?.error?.code ?? null]
    }
    assert.deepEqual(await failAgain('server_error'), ['completed', 'r1', 3, null])
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ completed: 1 }))
    assert.deepEqual(await failAgain('invalid_file'), ['failed', null, 0, 'invalid_file'])
  })

  it('finds the files that lack vectors of a model', async () => {
    const viewer = await newViewer()
    const models = ['model-a', 'model-b', null]
    for (const embeddingModel of models) {
      const { store, fileId, storeFile } = await helpers.newStoreFile(viewer)
      await helpers.complete(storeFile, { embeddingModel })
      assert.equal(
        await stores().indexing.lacksVectors(placeOf(store), 'model-a'),
        embeddingModel !== 'model-a',
      )
      const places = await stores().indexing.listLackingVectors('model-a', NOW_MS + 6, 1000)
      const place = { organizationId: viewer.organizationId, storeId: store.id, fileId }
      const found = places.filter((one) => one.fileId === fileId)
      assert.deepEqual(found, embeddingModel === 'model-a' ? [] : [place])
      const early = await stores().indexing.listLackingVectors('model-a', NOW_MS + 5, 1000)
      assert.deepEqual(
        early.filter((one) => one.fileId === fileId),
        [],
      )
    }
  })

  it('tells which files are live, with their revisions', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const fileIds = [await newFile(viewer), await newFile(viewer), await newFile(viewer), createId('file')]
    const [one, two] = await add(viewer, store.id, fileIds)
    assert.ok(one && two)
    await helpers.complete(one)
    await stores().removeFile(viewer, store.id, two.id, NOW_MS)
    const live = await stores().indexing.findLive(placeOf(store), fileIds)
    assert.deepEqual(
      new Map([...live].map(([fileId, { revision }]) => [fileId, revision])),
      new Map([
        [fileIds[0], 'r1'],
        [fileIds[2], null],
      ]),
    )
    assert.equal((await stores().indexing.findLive(placeOf(store), [])).size, 0)
  })
}

function describeEnds(fixture: DatabaseFixture, helpers: Helpers): void {
  const { stores, newViewer, newStore, newStoreFile, find, add, newFile } = helpers
  const forgetAll = async (nowMs: number) => {
    while ((await stores().indexing.forget(nowMs, 1000)) > 0);
  }

  it('forgets removed files after a day, and says that older changes are missing', async () => {
    const viewer = await newViewer()
    const { store, fileId } = await newStoreFile(viewer)
    const stays = await newFile(viewer)
    await add(viewer, store.id, [stays], { batchId: createId('vsfb') })
    await stores().removeFile(viewer, store.id, fileId, NOW_MS)
    const changesAfter = (seq: number) => stores().indexing.changesAfter(placeOf(store), seq, 9)
    await forgetAll(NOW_MS + DAY_MS)
    assert.deepEqual((await changesAfter(1)).isComplete, true)
    assert.ok(await stores().findFilePosition(viewer, store.id, fileId))
    await forgetAll(NOW_MS + DAY_MS + 1)
    const { seq, changes, isComplete } = await changesAfter(2)
    assert.deepEqual({ seq, changes, isComplete }, { seq: 3, changes: [], isComplete: false })
    assert.equal((await changesAfter(3)).isComplete, true)
    assert.deepEqual(
      (await changesAfter(0)).changes.map((change) => change.fileId),
      [stays],
    )
    assert.equal(await stores().findFilePosition(viewer, store.id, fileId), null)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({ inProgress: 1 }))
  })

  it('expires a vector store without activity: its files go, its record stays for 30 days', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer, { expiresAfterDays: 3 })
    const fileId = await newFile(viewer)
    const batchId = createId('vsfb')
    const [storeFile] = await add(viewer, store.id, [fileId], { batchId, nowMs: NOW_MS + 1 })
    assert.ok(storeFile)
    const dueMs = NOW_MS + 1 + 3 * DAY_MS
    const expire = (nowMs: number) => stores().indexing.expireStores(nowMs, 1000)
    assert.equal((await expire(dueMs - 1)).includes(store.id), false)
    assert.equal((await expire(dueMs)).includes(store.id), true)
    assert.equal((await expire(dueMs)).includes(store.id), false)
    const expired = await find(viewer, store)
    assert.deepEqual([expired.expiredAtMs, expired.counts, expired.dataBytes], [dueMs, countsOf({}), 0])
    assert.equal(await stores().findFile(viewer, store.id, fileId), null)
    assert.equal(await stores().findBatch(viewer, store.id, batchId), null)
    assert.equal(await helpers.claim(storeFile), null)
    await assert.rejects(add(viewer, store.id, [fileId]), { code: 'VECTOR_STORE_NOT_FOUND' })
    const feed = await stores().indexing.changesAfter(placeOf(store), 1, 9)
    assert.deepEqual(feed, { seq: expired.seq, changes: [], hasMore: false, isComplete: false })
    assert.ok(await fixture.database.files.delete(viewer.organizationId, fileId, NOW_MS))
    assert.deepEqual((await find(viewer, store)).counts, countsOf({}))
    await forgetAll(dueMs + 30 * DAY_MS)
    assert.deepEqual((await find(viewer, store)).counts, countsOf({}))
    await forgetAll(dueMs + 30 * DAY_MS + 1)
    assert.equal(await stores().find(viewer, store.id), null)
    assert.equal(await stores().findPosition(viewer, store.id), null)
  })

  it('forgets logs and ended batches after 30 days', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const [ended, running] = [createId('vsfb'), createId('vsfb')]
    const [storeFile] = await add(viewer, store.id, [await newFile(viewer)], { batchId: ended })
    await add(viewer, store.id, [await newFile(viewer)], { batchId: running })
    assert.ok(storeFile)
    await stores().indexing.addLog(await helpers.claimed(storeFile), { ...LOG, message: 'begun' })
    await stores().indexing.complete(await reclaimed(storeFile), RESULT)
    const logged = async () => (await stores().listLog(viewer, store.id, storeFile.fileId, 9)).length
    await forgetAll(NOW_MS + 30 * DAY_MS)
    assert.equal(await logged(), 1)
    await forgetAll(RESULT.nowMs + 30 * DAY_MS + 1)
    assert.equal(await logged(), 0)
    assert.equal(await stores().findBatch(viewer, store.id, ended), null)
    assert.equal((await stores().findBatch(viewer, store.id, running))?.counts.inProgress, 1)
  })

  /** Makes the claimed task ready, and claims it again. */
  const reclaimed = async (storeFile: StoreFile): Promise<Task> => {
    await fixture.database.tasks.releaseExpired(NOW_MS + 2 * DAY_MS, 1000)
    return helpers.claimed(storeFile)
  }

  it('deletes all rows of a deleted vector store in small steps', async () => {
    const viewer = await newViewer()
    const store = await newStore(viewer)
    const fileIds = await Promise.all(Array.from({ length: 5 }, () => newFile(viewer)))
    await add(viewer, store.id, fileIds, { batchId: createId('vsfb') })
    await stores().delete(viewer, store.id, NOW_MS)
    for (let steps = 0; steps < 100; steps++) await stores().indexing.forget(NOW_MS + 31 * DAY_MS, 2)
    assert.equal(await stores().findPosition(viewer, store.id), null)
  })
}
