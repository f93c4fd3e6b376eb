import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { File } from '../../domain/files/file.ts'
import type { PageRequest } from '../../domain/page.ts'
import type { FileListRequest } from './files.ts'
import { type DatabaseFixture, FIRST_PAGE, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

/** Tests an implementation of records/files.ts. */
export function describeFileRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newSession, register, usage } = fixture

  it('returns declared types with their parameters, and detected types if there are any', async () => {
    const id = await newOrganization()
    for (const [contentType, detectedContentType] of [
      ['video/webm;codecs="vp8, opus"', 'video/webm'],
      ['text/plain; charset=utf-8', null],
    ] as const) {
      const session = await newSession(id, { contentType })
      const file = { ...fileOf(session), detectedContentType }
      assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
      assert.deepEqual(await fixture.database.files.register(id, file), file)
      assert.deepEqual(await fixture.database.files.find(id, file.id), file)
    }
    const added = { ...fileOf(sessionOf(id)), detectedContentType: 'image/png' }
    assert.ok(await fixture.database.files.add(id, [added], null))
    assert.deepEqual(await fixture.database.files.find(id, added.id), added)
  })

  it('returns the purpose and the end of a file, with and without a session', async () => {
    const id = await newOrganization()
    const session = await newSession(id, { fileLifetimeMs: 3_600_000 })
    assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
    const registered = { ...fileOf(session), purpose: 'evals', expiresAtMs: NOW_MS + 1 } as const
    assert.deepEqual(await fixture.database.files.register(id, registered), registered)
    const added = { ...fileOf(sessionOf(id)), purpose: 'vision', expiresAtMs: NOW_MS + 2 } as const
    assert.ok(await fixture.database.files.add(id, [added], null))
    for (const file of [registered, added])
      assert.deepEqual(await fixture.database.files.find(id, file.id), file)
  })

  it('lists files in both orders and by purpose, without those whose time is over', async () => {
    const id = await newOrganization()
    const { files, housekeeping } = fixture.database
    const facts = [
      { purpose: 'vision', expiresAtMs: null },
      { purpose: null, expiresAtMs: NOW_MS + 1 },
      { purpose: 'vision', expiresAtMs: NOW_MS },
      { purpose: 'evals', expiresAtMs: null },
      { purpose: 'vision', expiresAtMs: NOW_MS + 1 },
    ] as const
    const all = facts.map((fact, index) => ({ ...fileOf(sessionOf(id), NOW_MS + index), ...fact }))
    assert.ok(await files.add(id, all, null))
    const indexesOf = async (request: Partial<FileListRequest>) => {
      const { items } = await files.list(id, { ...FIRST_PAGE, ...request })
      return items.map((file) => all.findIndex((one) => one.id === file.id))
    }
    assert.deepEqual(await indexesOf({}), [4, 3, 1, 0])
    assert.deepEqual(await indexesOf({ order: 'asc' }), [0, 1, 3, 4])
    assert.deepEqual(await indexesOf({ purpose: 'vision' }), [4, 0])
    assert.deepEqual(await indexesOf({ purpose: null }), [1])
    const after = await files.findPosition(id, all[2]?.id ?? '')
    assert.deepEqual(await indexesOf({ order: 'asc', after }), [3, 4])
    assert.deepEqual(await indexesOf({ purpose: 'vision', after }), [0])
    const before = await files.findPosition(id, all[3]?.id ?? '')
    assert.deepEqual(await indexesOf({ order: 'asc', before }), [0, 1])
    assert.deepEqual(await indexesOf({ order: 'asc', before, limit: 1 }), [1])
    assert.deepEqual(await indexesOf({ after, before: await files.findPosition(id, all[0]?.id ?? '') }), [1])
    const expired = (await housekeeping.listExpiredFiles(NOW_MS, 100)).filter(
      ({ organizationId }) => organizationId === id,
    )
    assert.deepEqual(expired, [all[2]])
    await files.delete(id, all[2]?.id ?? '', NOW_MS)
    const left = await housekeeping.listExpiredFiles(NOW_MS, 100)
    assert.ok(left.every(({ organizationId }) => organizationId !== id))
  })

  it('returns content types of earlier versions in a form that can be served', async () => {
    const id = await newOrganization()
    const session = await newSession(id, { contentType: 'text/plain\n' })
    assert.equal(
      (await fixture.database.uploadSessions.findByFileId(id, session.fileId))?.contentType,
      'text/plain',
    )
    await fixture.database.files.register(id, { ...fileOf(session), contentType: '\u3000text/plain\u2028' })
    assert.equal((await fixture.database.files.find(id, session.fileId))?.contentType, 'text/plain')
  })

  it('stores numbers and times exactly, also negative ones', async () => {
    const id = await newOrganization(Number.MAX_SAFE_INTEGER)
    for (const [createdAtMs, sizeBytes] of [
      [-1, 1],
      [0, 0],
      [253_402_300_799_999, Number.MAX_SAFE_INTEGER - 1],
    ] as const) {
      const session = await newSession(id, { createdAtMs, sizeBytes })
      assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
    }
    assert.deepEqual(await usage(id), { used: 0, reserved: Number.MAX_SAFE_INTEGER })
    const { items } = await fixture.database.uploadSessions.list(id, NOW_MS, FIRST_PAGE)
    assert.deepEqual(
      items.map(({ createdAtMs }) => createdAtMs),
      [253_402_300_799_999, 0, -1],
    )
  })

  it('returns the first file to both of two registers', async () => {
    const id = await newOrganization()
    const session = await newSession(id)
    const { files } = fixture.database
    const [first, second] = await Promise.all([
      files.register(id, fileOf(session, NOW_MS)),
      files.register(id, fileOf(session, NOW_MS + 1)),
    ])
    assert.deepEqual(first, fileOf(session, NOW_MS))
    assert.deepEqual(second, first)
    assert.equal((await files.list(id, FIRST_PAGE)).total, 1)
  })

  it('returns the checksums of a file as they were added, with and without a session', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const checksums = { md5: '0'.repeat(32), sha256: 'f'.repeat(64) }
    const registered = { ...fileOf(await newSession(id)), ...checksums }
    assert.deepEqual(await files.register(id, registered), registered)
    const added = { ...fileOf(sessionOf(id)), ...checksums, md5: null }
    assert.equal(await files.add(id, [added], null), true)
    assert.deepEqual(await files.find(id, registered.id), registered)
    assert.deepEqual(await files.find(id, added.id), added)
  })

  it('registers concurrent files when one of them cannot be registered', async () => {
    const id = await newOrganization()
    const taken = await register(id, await newSession(id))
    const sessions = [await newSession(id), await newSession(id), await newSession(id)]
    const results = await Promise.allSettled(
      sessions.map((session, index) =>
        fixture.database.files.register(id, {
          ...fileOf(session),
          ...(index === 1 && { objectName: taken.objectName }),
        }),
      ),
    )
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.equal((await fixture.database.files.list(id, FIRST_PAGE)).total, 3)
    assert.deepEqual(await usage(id), { used: 300, reserved: 100 })
  })

  it('adds files without a session, all or none, within the quota', async () => {
    const id = await newOrganization(1000)
    const files = () => [400, 500].map((sizeBytes) => fileOf(sessionOf(id, { sizeBytes })))
    const added = await Promise.all([
      fixture.database.files.add(id, files(), null),
      fixture.database.files.add(id, files(), null),
      fixture.database.files.add(id, files().slice(0, 1), null),
    ])
    const sizes = [900, 900, 400].filter((_, index) => added[index])
    assert.equal(sizes.length, 1)
    assert.deepEqual(await usage(id), { used: sizes[0], reserved: 0 })
    assert.equal(await fixture.database.files.add(id, files(), null), false)
    const [first] = (await fixture.database.files.list(id, FIRST_PAGE)).items
    const taken = fileOf({ ...sessionOf(id, { sizeBytes: 1 }), fileId: first?.id ?? '' })
    const again = fixture.database.files.add(id, [fileOf(sessionOf(id, { sizeBytes: 1 })), taken], null)
    await assert.rejects(again)
    assert.deepEqual(await usage(id), { used: sizes[0], reserved: 0 })
  })

  it('registers nothing after a cancel or a delete', async () => {
    const id = await newOrganization()
    const { files, uploadSessions } = fixture.database
    const cancelled = await newSession(id)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    assert.equal(await files.register(id, fileOf(cancelled)), null)
    const deleted = await newSession(id)
    await register(id, deleted)
    await files.delete(id, deleted.fileId, NOW_MS)
    assert.equal(await files.register(id, fileOf(deleted)), null)
    assert.equal(await files.find(id, deleted.fileId), null)
    const after = await uploadSessions.cancel(id, deleted.fileId, NOW_MS)
    assert.deepEqual(after?.state, { kind: 'registered' })
  })

  it('lists files newest first, ties by id, by page and by position', async () => {
    const id = await newOrganization()
    const files: File[] = []
    for (const uploadedAtMs of [10, 20, 20, 20, 30]) {
      files.unshift(await register(id, await newSession(id), NOW_MS + uploadedAtMs))
    }
    const list = (page: Partial<PageRequest>) => fixture.database.files.list(id, { ...FIRST_PAGE, ...page })
    const idsOf = async (page: Partial<PageRequest>) => (await list(page)).items.map((file) => file.id)
    const ids = files.map((file) => file.id)
    assert.deepEqual(await idsOf({}), ids)
    assert.deepEqual(await idsOf({ limit: 2, skip: 2 }), ids.slice(2, 4))
    for (const [index, fileId] of ids.entries()) {
      const place = await fixture.database.files.findPosition(id, fileId)
      assert.deepEqual(await idsOf({ after: place, limit: 2 }), ids.slice(index + 1, index + 3))
    }
    assert.deepEqual(await list({ limit: 5 }), { items: files, total: 5, hasMore: false })
    assert.deepEqual(await list({ limit: 4 }), { items: files.slice(0, 4), total: 5, hasMore: true })
  })

  it('continues a list after the position of a deleted file', async () => {
    const id = await newOrganization()
    const [oldest, middle] = [await register(id, await newSession(id), NOW_MS), await newSession(id)]
    await register(id, middle, NOW_MS + 1)
    await fixture.database.files.delete(id, middle.fileId, NOW_MS + 2)
    const after = await fixture.database.files.findPosition(id, middle.fileId)
    assert.deepEqual((await fixture.database.files.list(id, { ...FIRST_PAGE, after })).items, [oldest])
  })
}
