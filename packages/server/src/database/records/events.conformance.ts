import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { EVENT_TYPES, type Event, type EventType } from '../../domain/events/event.ts'
import { createId } from '../../domain/ids.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'
import { INDEXING_TASK, type StoreViewer } from './vector-stores.ts'

/** Tests an implementation of records/events.ts. */
export function describeEventRecords(fixture: DatabaseFixture): void {
  const events = () => fixture.database.events
  const newAdmin = async (): Promise<StoreViewer> => ({
    organizationId: await fixture.newOrganization(),
    actorId: null,
    seesAll: true,
  })
  const list = async (viewer: StoreViewer, types: readonly EventType[] = EVENT_TYPES) => {
    const untilPosition = await events().latestPosition()
    const { events: found } = await events().list(viewer, {
      ...{ afterPosition: 0, untilPosition, types, limit: 1000 },
    })
    return found
  }
  const typesOf = (found: readonly Event[]) => found.map(({ type }) => type)
  const addFile = async ({ organizationId }: StoreViewer, changes = {}) => {
    const file = { ...fileOf(sessionOf(organizationId)), ...changes }
    assert.ok(await fixture.database.files.add(organizationId, [file], null))
    return file
  }

  it('tells of a rejected upload without a session', async () => {
    const viewer = await newAdmin()
    const upload = {
      ...{ fileId: createId('file'), filename: 'a "b".txt', sizeBytes: 5, contentType: 'text/plain' },
      ...{ createdAtMs: NOW_MS, expiresAtMs: NOW_MS },
      failure: { code: 'FILE_REJECTED', message: 'the scanner rejected the file' },
    } as const
    await events().noteRejected(viewer.organizationId, upload)
    const [event, ...others] = await list(viewer, ['file.rejected'])
    assert.deepEqual([event?.subject, others], [{ kind: 'upload', upload }, []])
    assert.deepEqual(await list(await newAdmin(), ['file.rejected']), [])
  })

  it('tells the life of a File, with the File as it was then', async () => {
    const viewer = await newAdmin()
    const { organizationId } = viewer
    const session = await fixture.newSession(organizationId, { filename: 'día.txt' })
    const file = await fixture.register(organizationId, session)
    const object = { name: file.objectName, generation: file.generation }
    await fixture.database.files.markDamaged(organizationId, file.id, object, NOW_MS)
    await fixture.database.files.trash(organizationId, file.id, NOW_MS)
    await fixture.database.files.restore(organizationId, file.id, NOW_MS)
    await fixture.database.files.delete(organizationId, file.id, NOW_MS + 1)
    const expired = await addFile(viewer, { expiresAtMs: NOW_MS + 5 })
    await fixture.database.files.delete(organizationId, expired.id, NOW_MS + 5)
    const found = await list(viewer)
    assert.deepEqual(typesOf(found), [
      ...[
        'api_key.created',
        'file.created',
        'file.damaged',
        'file.trashed',
        'file.restored',
        'file.deleted',
        'file.created',
        'file.expired',
      ],
    ])
    assert.deepEqual(found[1]?.subject, { kind: 'file', file })
    assert.deepEqual(found[5]?.subject, { kind: 'file', file: { ...file, damagedAtMs: NOW_MS } })
    assert.deepEqual(new Set(found.map((event) => event.organizationId)), new Set([organizationId]))
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length)
    for (const { id } of found) assert.match(id, /^evt_[0-9a-f]{32}$/)
  })

  it('tells events in their order, also those of one millisecond', async () => {
    const viewer = await newAdmin()
    const { organizationId } = viewer
    const { id } = await addFile(viewer)
    const told: EventType[] = []
    for (let round = 0; round < 50; round++) {
      await fixture.database.files.trash(organizationId, id, NOW_MS)
      await fixture.database.files.restore(organizationId, id, NOW_MS)
      told.push('file.trashed', 'file.restored')
    }
    assert.deepEqual(typesOf(await list(viewer, ['file.trashed', 'file.restored'])), told)
  })

  it('tells of each of the Files that come together', async () => {
    const viewer = await newAdmin()
    const { organizationId } = viewer
    const added = ['a.txt', 'b.txt'].map((filename) => ({
      ...fileOf(sessionOf(organizationId)),
      ...{ filename, metadata: { name: 'día "1"' } },
    }))
    assert.ok(await fixture.database.files.add(organizationId, added, null))
    const told = (await list(viewer, ['file.created'])).map(({ subject }) => subject)
    assert.equal(told.length, added.length)
    for (const file of added) {
      assert.deepEqual(
        told.find((subject) => subject.kind === 'file' && subject.file.id === file.id),
        { kind: 'file', file },
      )
    }
  })

  it('tells how uploads end without a File, except partial ones', async () => {
    const viewer = await newAdmin()
    const { organizationId } = viewer
    const { uploadSessions } = fixture.database
    const cancelled = await fixture.newSession(organizationId, { sizeBytes: null, reservedBytes: 0 })
    await uploadSessions.cancel(organizationId, cancelled.fileId, NOW_MS)
    const partial = await fixture.newSession(organizationId, { registers: 'never' })
    await uploadSessions.cancel(organizationId, partial.fileId, NOW_MS)
    const expired = await fixture.newSession(organizationId)
    await uploadSessions.expire(organizationId, expired.fileId, NOW_MS + 1000)
    const refused = await fixture.newSession(organizationId, { registers: 'when-complete' })
    const failure = { code: 'FILE_TYPE_MISMATCH', message: 'it is a program' } as const
    await uploadSessions.fail(organizationId, refused.fileId, failure)
    const [, first, second, third, ...more] = await list(viewer)
    assert.deepEqual(typesOf([first, second, third].filter((event) => event !== undefined)), [
      ...['upload.cancelled', 'upload.expired', 'file.rejected'],
    ])
    assert.deepEqual(more, [])
    const ended = { contentType: 'text/plain', createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 }
    const upload = { fileId: cancelled.fileId, filename: 'a.bin', sizeBytes: null, ...ended, failure: null }
    assert.deepEqual(first?.subject, { kind: 'upload', upload })
    assert.ok(third?.subject.kind === 'upload')
    assert.deepEqual(third.subject.upload.failure, failure)
    assert.equal(third.subject.upload.sizeBytes, refused.sizeBytes)
  })

  it('tells the ends of files in stores and of their batches, and of the stores', async () => {
    const viewer = await newAdmin()
    const { organizationId } = viewer
    const { vectorStores, tasks } = fixture.database
    const record = { name: 'a', description: null, accessMode: 'organization', createdBy: 'ak_1' } as const
    const place = { id: createId('vs'), ...record, metadata: {}, expiresAfterDays: null }
    const store = await vectorStores.create(viewer, place, [], NOW_MS)
    const files = [await addFile(viewer), await addFile(viewer), await addFile(viewer)]
    const toAdd = [...files.map(({ id }) => id), createId('file')].map((fileId) => {
      return { id: createId('vsf'), fileId, attributes: null, chunking: null }
    })
    const batchId = createId('vsfb')
    await vectorStores.addFiles(viewer, {
      ...{ storeId: store.id, files: toAdd, addedByApiKeyId: null, addedBy: null, batchId, nowMs: NOW_MS },
    })
    const claim = async () => {
      const lease = { nowMs: NOW_MS, leaseUntilMs: 9e12, deadlineAtMs: 9e12, max: 100, maxPerOrganization: 9 }
      const claimed = await tasks.claim({ kind: INDEXING_TASK, ...lease, after: '' })
      return claimed.tasks.filter((task) => task.organizationId === organizationId)
    }
    const claimed = await claim()
    const taskOf = (index: number) =>
      claimed.find(({ key }) => key === toAdd[index]?.id) ?? assert.fail(`there is no task ${index}`)
    const result = { revision: 'r', parts: 0, chunkCount: 0, usageBytes: 0, embeddingModel: null }
    await vectorStores.indexing.begin(taskOf(0), NOW_MS)
    assert.ok(await vectorStores.indexing.complete(taskOf(0), { ...result, nowMs: NOW_MS, log: null }))
    await vectorStores.removeFile(viewer, store.id, files[1]?.id ?? '', NOW_MS)
    await vectorStores.cancelBatch(viewer, store.id, batchId, NOW_MS)
    await vectorStores.delete(viewer, store.id, NOW_MS)
    const found = (await list(viewer)).filter(({ type }) => type.startsWith('vector_store'))
    assert.deepEqual(typesOf(found), [
      'vector_store.file.failed',
      'vector_store.file.completed',
      'vector_store.file.cancelled',
      'vector_store.file_batch.completed',
      'vector_store.deleted',
    ])
    const [failed, completed, , batch, deleted] = found
    assert.ok(failed?.subject.kind === 'store-file' && completed?.subject.kind === 'store-file')
    assert.equal(failed.subject.storeFile.fileId, toAdd[3]?.fileId)
    assert.equal(completed.subject.storeFile.revision, 'r')
    assert.equal(completed.subject.storeFile.file?.filename, 'a.bin')
    assert.ok(batch?.subject.kind === 'file-batch')
    assert.deepEqual(batch.subject.batch.counts, { inProgress: 0, completed: 1, failed: 1, cancelled: 1 })
    assert.ok(deleted?.subject.kind === 'vector-store')
    assert.equal(deleted.subject.store.name, 'a')
  })

  it('tells the end of a batch without a file to index', async () => {
    const viewer = await newAdmin()
    const { vectorStores } = fixture.database
    const record = { name: 'a', description: null, accessMode: 'organization', createdBy: 'ak_1' } as const
    const place = { id: createId('vs'), ...record, metadata: {}, expiresAfterDays: null }
    const store = await vectorStores.create(viewer, place, [], NOW_MS)
    const unknown = { id: createId('vsf'), fileId: createId('file'), attributes: null, chunking: null }
    await vectorStores.addFiles(viewer, {
      ...{
        storeId: store.id,
        files: [unknown],
        addedByApiKeyId: null,
        addedBy: null,
        batchId: createId('vsfb'),
        nowMs: NOW_MS,
      },
    })
    assert.deepEqual(typesOf(await list(viewer)).slice(1), [
      ...['vector_store.file.failed', 'vector_store.file_batch.completed'],
    ])
  })

  it('shows events of a private store to its key and to admins only', async () => {
    const admin = await newAdmin()
    const { organizationId } = admin
    const owner = { organizationId, actorId: 'ak_owner', seesAll: false }
    const place = { id: createId('vs'), name: 'a', description: null, metadata: {}, expiresAfterDays: null }
    const secret = { ...place, accessMode: 'private', createdBy: 'ak_owner' } as const
    await fixture.database.vectorStores.create(owner, secret, [], NOW_MS)
    await fixture.database.vectorStores.delete(owner, secret.id, NOW_MS)
    const ends = ['vector_store.deleted'] as const
    assert.equal((await list(admin, ends)).length, 1)
    assert.equal((await list(owner, ends)).length, 1)
    assert.deepEqual(await list({ ...owner, actorId: 'ak_other' }, ends), [])
    assert.deepEqual(await list(await newAdmin(), ends), [])
  })

  it('tells keys without their secrets', async () => {
    const viewer = await newAdmin()
    const key = await fixture.newKey(viewer.organizationId, { name: 'Second key' })
    await fixture.newKey(viewer.organizationId, { scopes: ['admin'] })
    await fixture.database.apiKeys.delete(viewer.organizationId, key.id, NOW_MS)
    const deleted = (await list(viewer)).at(-1)
    assert.equal(deleted?.type, 'api_key.deleted')
    assert.ok(deleted.subject.kind === 'api-key')
    assert.equal(deleted.subject.apiKey.name, 'Second key')
    assert.ok(!JSON.stringify(await list(viewer)).includes(key.secretSha256))
  })

  it('lists the events after a position, and says whether there are more', async () => {
    const viewer = await newAdmin()
    for (let file = 0; file < 5; file++) await addFile(viewer)
    const untilPosition = await events().latestPosition()
    const types = ['file.created'] as const
    const seen: string[] = []
    let afterPosition = 0
    for (let hasMore = true; hasMore; ) {
      const page = await events().list(viewer, { afterPosition, untilPosition, types, limit: 2 })
      seen.push(...page.events.map(({ id }) => id))
      assert.ok(page.position > afterPosition)
      afterPosition = page.position
      hasMore = page.hasMore
    }
    assert.deepEqual(
      seen,
      (await list(viewer, types)).map(({ id }) => id),
    )
    assert.equal(seen.length, 5)
    const after = { afterPosition: untilPosition + 10, untilPosition, types, limit: 2 }
    const { position, hasMore } = await events().list(viewer, after)
    assert.deepEqual({ position, hasMore }, { position: untilPosition + 10, hasMore: false })
  })

  it('lists the newest events first, and goes on with older ones', async () => {
    const viewer = await newAdmin()
    for (let count = 0; count < 4; count++) await addFile(viewer)
    const oldestFirst = await list(viewer)
    const seen: Event[] = []
    let untilPosition = await events().latestPosition()
    for (let hasMore = true; hasMore; ) {
      const request = { afterPosition: 0, untilPosition, types: EVENT_TYPES, limit: 2 }
      const page = await events().listNewest(viewer, request)
      seen.push(...page.events)
      untilPosition = page.position
      hasMore = page.hasMore
    }
    assert.deepEqual(seen, oldestFirst.toReversed())
  })

  it('gives positions in the order of the commits, without one that appears later', async () => {
    const viewer = await newAdmin()
    const seen = new Set<string>()
    let afterPosition = await events().latestPosition()
    let isWriting = true
    const writing = Promise.all(Array.from({ length: 40 }, () => addFile(viewer))).finally(() => {
      isWriting = false
    })
    for (let isLast = false; !isLast; ) {
      // Reads of an embedded database leave no time for the commits otherwise.
      await setImmediate()
      isLast = !isWriting
      const untilPosition = await events().latestPosition()
      const request = { afterPosition, untilPosition, types: EVENT_TYPES, limit: 1000 }
      const page = await events().list(viewer, request)
      for (const { id, position } of page.events) {
        assert.ok(position > afterPosition && !seen.has(id))
        seen.add(id)
      }
      afterPosition = page.position
    }
    await writing
    assert.equal(seen.size, 40)
  })

  it('tells once of each File that expires soon, some at a time', async () => {
    const viewer = await newAdmin()
    // Later than the Files of other tests, which share the database.
    const fromMs = NOW_MS + 1e9
    while ((await events().noteExpiring(NOW_MS, fromMs, 100)) > 0);
    for (const ms of [1, 2, 2, 3]) await addFile(viewer, { expiresAtMs: fromMs + ms })
    for (const count of [3, 1, 0]) assert.equal(await events().noteExpiring(NOW_MS, fromMs + 3, 2), count)
    const found = await list(viewer, ['file.expiring'])
    const expiries = found.map(({ subject }) => subject.kind === 'file' && subject.file.expiresAtMs)
    assert.deepEqual(expiries.sort(), [fromMs + 1, fromMs + 2, fromMs + 2, fromMs + 3])
  })

  it('forgets events from the oldest on', async () => {
    const viewer = await newAdmin()
    await addFile(viewer)
    const before = await list(viewer)
    assert.equal(await events().forget(0, 10), 0)
    assert.deepEqual(await list(viewer), before)
    while ((await events().forget(Date.now() + 60_000, 100)) > 0);
    assert.deepEqual(await list(viewer), [])
    const position = await events().latestPosition()
    await addFile(viewer)
    assert.equal(await events().latestPosition(), position + 1)
  })
}
