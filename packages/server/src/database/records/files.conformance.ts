import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AnnouncedContent, File } from '../../domain/files/file.ts'
import { createId } from '../../domain/ids.ts'
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

  it('moves a file to the trash and back, and keeps its space', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const [file, other] = [
      await register(id, await newSession(id), NOW_MS),
      await register(id, await newSession(id), NOW_MS + 1),
    ]
    const idsOf = async (state: 'live' | 'trashed') =>
      (await files.list(id, { ...FIRST_PAGE, state })).items.map((one) => one.id)
    const total = async () => (await files.list(id, FIRST_PAGE)).total
    const trashed = { ...file, trashedAtMs: NOW_MS + 2 }
    assert.deepEqual(await files.trash(id, file.id, NOW_MS + 2), trashed)
    assert.equal(await files.trash(id, file.id, NOW_MS + 3), null)
    assert.equal(await files.find(id, file.id), null)
    assert.deepEqual(await files.findTrashed(id, file.id), trashed)
    assert.deepEqual([await idsOf('live'), await idsOf('trashed')], [[other.id], [file.id]])
    assert.deepEqual([await total(), (await usage(id)).used], [1, 200])
    assert.equal(await files.register(id, file), null)

    assert.deepEqual(await files.restore(id, file.id, NOW_MS + 4), file)
    assert.equal(await files.restore(id, file.id, NOW_MS + 4), null)
    assert.deepEqual(await files.find(id, file.id), file)
    assert.equal(await files.findTrashed(id, file.id), null)
    assert.deepEqual([await idsOf('live'), await idsOf('trashed')], [[other.id, file.id], []])
    assert.deepEqual([await total(), (await usage(id)).used], [2, 200])
  })

  it('moves no file of another organization, and none that is deleted or whose time is over', async () => {
    const [id, stranger] = [await newOrganization(), await newOrganization()]
    const { files } = fixture.database
    const file = await register(id, await newSession(id))
    const expiring = { ...fileOf(sessionOf(id)), expiresAtMs: NOW_MS + 2 }
    assert.ok(await files.add(id, [expiring], null))
    assert.equal(await files.trash(stranger, file.id, NOW_MS), null)
    assert.equal(await files.trash(id, expiring.id, NOW_MS + 2), null)
    assert.ok(await files.trash(id, expiring.id, NOW_MS + 1))
    assert.equal(await files.restore(id, expiring.id, NOW_MS + 2), null)
    assert.ok(await files.trash(id, file.id, NOW_MS))
    assert.equal(await files.findTrashed(stranger, file.id), null)
    assert.equal(await files.restore(stranger, file.id, NOW_MS), null)
    assert.equal(await files.delete(stranger, file.id, NOW_MS, 'all'), null)
    assert.ok(await files.delete(id, file.id, NOW_MS, 'all'))
    assert.equal(await files.restore(id, file.id, NOW_MS), null)
  })

  it('deletes a file of the trash only when that is asked for, and releases its space once', async () => {
    const id = await newOrganization()
    const { files, housekeeping } = fixture.database
    const file = await register(id, await newSession(id))
    assert.equal(await files.delete(id, file.id, NOW_MS, { trashedBeforeMs: NOW_MS + 100 }), null)
    await files.trash(id, file.id, NOW_MS + 1)
    const listed = async (beforeMs: number) =>
      (await housekeeping.listTrashedBefore(beforeMs, 1000)).filter((one) => one.id === file.id).length
    assert.deepEqual([await listed(NOW_MS + 1), await listed(NOW_MS + 2)], [0, 1])
    assert.equal(await files.delete(id, file.id, NOW_MS), null)
    assert.equal(await files.delete(id, file.id, NOW_MS, { trashedBeforeMs: NOW_MS + 1 }), null)
    assert.equal((await usage(id)).used, 100)
    const object = { name: file.objectName, generation: file.generation }
    await files.markDamaged(id, file.id, object, NOW_MS)
    assert.equal((await files.findTrashed(id, file.id))?.damagedAtMs, NOW_MS)
    assert.equal(await housekeeping.findUse(file.objectName), 'file')
    const deletions = await Promise.all([
      files.delete(id, file.id, NOW_MS + 3, { trashedBeforeMs: NOW_MS + 2 }),
      files.delete(id, file.id, NOW_MS + 3, 'all'),
    ])
    assert.equal(deletions.filter((deleted) => deleted !== null).length, 1)
    assert.equal((await usage(id)).used, 0)
    assert.deepEqual((await files.list(id, FIRST_PAGE)).total, 0)
    assert.deepEqual([await listed(NOW_MS + 2), await files.findTrashed(id, file.id)], [0, null])
  })

  it('either restores or deletes a file when both are asked at the same time', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    for (let round = 0; round < 5; round++) {
      const file = await register(id, await newSession(id))
      await files.trash(id, file.id, NOW_MS)
      const [restored, purged] = await Promise.all([
        files.restore(id, file.id, NOW_MS),
        files.delete(id, file.id, NOW_MS, { trashedBeforeMs: NOW_MS + 1 }),
      ])
      assert.notEqual(restored === null, purged === null)
      assert.equal((await files.find(id, file.id)) === null, restored === null)
      await files.delete(id, file.id, NOW_MS)
    }
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
  })

  it('marks a file whose object is damaged, until that object is found sound', async () => {
    const [id, other] = [await newOrganization(), await newOrganization()]
    const { files } = fixture.database
    const file = fileOf(sessionOf(id))
    assert.ok(await files.add(id, [file], null))
    const object = { name: file.objectName, generation: file.generation }
    const damagedAtMs = async () => (await files.find(id, file.id))?.damagedAtMs
    await files.markDamaged(other, file.id, object, NOW_MS)
    await files.markDamaged(id, file.id, { ...object, name: `${object.name}2` }, NOW_MS)
    await files.markDamaged(id, file.id, { ...object, generation: '2' }, NOW_MS)
    assert.equal(await damagedAtMs(), null)
    await files.markDamaged(id, file.id, object, NOW_MS)
    await files.markDamaged(id, file.id, { ...object, generation: null }, NOW_MS + 1)
    assert.equal(await damagedAtMs(), NOW_MS)
    const listed = (await files.listDamaged(1000)).filter(({ organizationId }) => organizationId === id)
    assert.deepEqual(listed, [{ ...file, damagedAtMs: NOW_MS }])
    await files.markSound(other, file.id, NOW_MS + 1)
    await files.markSound(id, file.id, NOW_MS)
    assert.equal(await damagedAtMs(), NOW_MS)
    await files.markSound(id, file.id, NOW_MS + 1)
    assert.equal(await damagedAtMs(), null)
  })

  it('finds the first file with a content in the organization', async () => {
    const [id, other] = [await newOrganization(), await newOrganization()]
    const { files } = fixture.database
    const content = { sha256: createId('file'), sizeBytes: 7 }
    const fileWith = (changes: Partial<File>) => ({ ...fileOf(sessionOf(id)), ...content, ...changes })
    const find = async (changes: Partial<AnnouncedContent> = {}, organizationId = id) =>
      (await files.findByContent(organizationId, { ...content, ...changes }, NOW_MS))?.id
    const [ended, unending, newer] = [
      fileWith({ expiresAtMs: NOW_MS }),
      fileWith({ uploadedAtMs: NOW_MS + 1, expiresAtMs: NOW_MS + 1 }),
      fileWith({ uploadedAtMs: NOW_MS + 2 }),
    ]
    assert.ok(await files.add(id, [ended, newer, unending], null))
    assert.equal(await find(), unending.id)
    assert.equal(await find({}, other), undefined)
    assert.equal(await find({ sizeBytes: 8 }), undefined)
    assert.equal(await find({ sha256: 'x' }), undefined)
    await files.delete(id, unending.id, NOW_MS)
    assert.deepEqual(await files.findByContent(id, content, NOW_MS), newer)
    await files.markDamaged(id, newer.id, { name: newer.objectName, generation: null }, NOW_MS)
    assert.equal(await find(), undefined)
  })

  it('marks all files that share the bytes of a damaged object, also without the first one', async () => {
    const [id, other] = [await newOrganization(), await newOrganization()]
    const { files } = fixture.database
    const first = fileOf(sessionOf(id))
    const sharing = [1, 2, 3].map(() => ({ ...fileOf(sessionOf(id)), sharesBytesOf: first.id }))
    const [second, third, fourth] = sharing as [File, File, File]
    const unrelated = fileOf(sessionOf(id))
    const foreign = { ...fileOf(sessionOf(other)), sharesBytesOf: first.id }
    assert.ok(await files.add(id, [first, second, third, fourth, unrelated], null))
    assert.ok(await files.add(other, [foreign], null))
    assert.deepEqual(await files.find(id, second.id), second)
    const damaged = async () =>
      (await files.listDamaged(1000)).filter(({ organizationId }) => [id, other].includes(organizationId))
    const object = { name: third.objectName, generation: third.generation }
    await files.markDamaged(other, third.id, object, NOW_MS)
    assert.deepEqual(await damaged(), [])
    await files.delete(id, first.id, NOW_MS)
    await files.markDamaged(id, third.id, object, NOW_MS)
    const ids = (await damaged()).map((file) => file.id)
    assert.deepEqual(ids.sort(), [second.id, third.id, fourth.id].sort())
    await files.markSound(id, second.id, NOW_MS + 1)
    assert.deepEqual((await damaged()).length, 2)
  })

  it('marks the first file of shared bytes too', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const first = fileOf(sessionOf(id))
    const second = { ...fileOf(sessionOf(id)), sharesBytesOf: first.id }
    assert.ok(await files.add(id, [first, second], null))
    await files.markDamaged(id, second.id, { name: second.objectName, generation: null }, NOW_MS)
    assert.equal((await files.find(id, first.id))?.damagedAtMs, NOW_MS)
  })

  it('keeps with a session whose bytes its file shares', async () => {
    const id = await newOrganization()
    const session = await newSession(id, { sharesBytesOf: 'file_first' })
    assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
    assert.equal((await fixture.register(id, session)).sharesBytesOf, 'file_first')
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
