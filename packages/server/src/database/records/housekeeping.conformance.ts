import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { File } from '../../domain/files/file.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

/** Tests an implementation of records/housekeeping.ts. */
export function describeHousekeepingRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newSession, register, usage, countOf } = fixture

  it('lists overdue sessions of all organizations, the earliest expiry first', async () => {
    const longAgoMs = 1000
    const made = []
    for (const afterMs of [3, 1, 2]) {
      made[afterMs] = await newSession(await newOrganization(), { expiresAtMs: longAgoMs + afterMs })
    }
    const { housekeeping, uploadSessions } = fixture.database
    const [, first, second, third] = made
    assert.ok(first && second && third)
    assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs, 9), [])
    assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs + 2, 9), [first, second])
    assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs + 3, 1), [first])
    await uploadSessions.expire(first.organizationId, first.fileId, NOW_MS)
    await uploadSessions.markDead(third.organizationId, third.fileId)
    const left = await housekeeping.listOverdueSessions(longAgoMs + 3, 9)
    assert.deepEqual(
      left.map(({ fileId, state }) => [fileId, state.kind]),
      [
        [second.fileId, 'open'],
        [third.fileId, 'dead'],
      ],
    )
  })

  it('lists ended sessions with a storage handle until the handle is forgotten', async () => {
    const id = await newOrganization()
    const { housekeeping, uploadSessions } = fixture.database
    const facts = { uploadHandle: 'a handle', expiresAtMs: NOW_MS }
    const [cancelled, expired, hosted, open] = [
      await newSession(id, { ...facts, expiresAtMs: NOW_MS - 1 }),
      await newSession(id, facts),
      await newSession(id, { expiresAtMs: NOW_MS }),
      await newSession(id, facts),
    ]
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await uploadSessions.cancel(id, hosted.fileId, NOW_MS)
    await uploadSessions.expire(id, expired.fileId, NOW_MS)
    const listed = async (limit = 1000) =>
      (await housekeeping.listUndeletedUploads(limit))
        .filter(({ organizationId }) => organizationId === id)
        .map(({ fileId }) => fileId)
    assert.deepEqual(await listed(), [expired.fileId, cancelled.fileId])
    assert.equal((await housekeeping.listUndeletedUploads(1)).length, 1)
    await uploadSessions.forgetHandle(await newOrganization(), expired.fileId)
    await uploadSessions.forgetHandle(id, cancelled.fileId)
    await uploadSessions.forgetHandle(id, open.fileId)
    assert.deepEqual(await listed(), [expired.fileId])
    assert.equal((await uploadSessions.findByFileId(id, open.fileId))?.uploadHandle, 'a handle')
  })

  it('finds the record that uses an object', async () => {
    const id = await newOrganization()
    const { housekeeping, uploadSessions, files } = fixture.database
    const session = await newSession(id, { expiresAtMs: NOW_MS })
    const use = () => housekeeping.findUse(session.objectName)
    assert.equal(await housekeeping.findUse('files/none'), null)
    assert.equal(await use(), 'open')
    await uploadSessions.markDead(id, session.fileId)
    assert.equal(await use(), 'dead')
    await register(id, session)
    assert.equal(await use(), 'file')
    await files.delete(id, session.fileId, NOW_MS)
    assert.equal(await use(), 'deleted-file')
    const expired = await newSession(id, { expiresAtMs: NOW_MS })
    await uploadSessions.expire(id, expired.fileId, NOW_MS)
    assert.equal(await housekeeping.findUse(expired.objectName), 'expired')
    const refused = await newSession(id)
    await uploadSessions.fail(id, refused.fileId, { code: 'FILE_TYPE_MISMATCH', message: 'no image' })
    assert.equal(await housekeeping.findUse(refused.objectName), 'refused')
  })

  it('lists unfinished sessions that register by themselves, in pages', async () => {
    const id = await newOrganization()
    const { housekeeping, uploadSessions } = fixture.database
    const open = () => newSession(id, { registers: 'when-complete' })
    const [first, second, dead, refused, cancelled, registered] = [
      await open(),
      await open(),
      await open(),
      await open(),
      await open(),
      await open(),
    ]
    await newSession(id)
    await uploadSessions.markDead(id, dead.fileId)
    await uploadSessions.fail(id, refused.fileId, { code: 'FILE_TYPE_MISMATCH', message: 'no image' })
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await register(id, registered)
    const listed: string[] = []
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const page: readonly UploadSession[] = await housekeeping.listSelfRegistering(afterId, 2)
      afterId = page.at(-1)?.fileId
      listed.push(...page.filter(({ organizationId }) => organizationId === id).map(({ fileId }) => fileId))
    }
    assert.deepEqual(listed, [first, second, dead].map(({ fileId }) => fileId).sort())
  })

  it('disowns an object or adds its file, whichever comes first', async () => {
    const id = await newOrganization()
    const { housekeeping, files, uploadSessions } = fixture.database
    const [swept, kept] = [fileOf(sessionOf(id)), fileOf(sessionOf(id))]
    assert.equal(await housekeeping.disown(swept.objectName, NOW_MS), true)
    await assert.rejects(files.add(id, [fileOf(sessionOf(id)), swept], null), /deleted as orphans/)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    assert.equal(await files.add(id, [kept], null), true)
    assert.equal(await housekeeping.disown(kept.objectName, NOW_MS), false)
    assert.equal(await housekeeping.disown(swept.objectName, NOW_MS), true)

    const cancelled = await newSession(id)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    assert.equal(await housekeeping.disown(cancelled.objectName, NOW_MS), false)
    while ((await housekeeping.forgetDisowned(NOW_MS + 1, 1)) > 0);
    assert.equal(await files.add(id, [swept], null), true)
  })

  it('disowns an object or adds its file, never both, when both happen at once', async () => {
    const id = await newOrganization()
    const { housekeeping, files } = fixture.database
    const racing = Array.from({ length: 40 }, () => fileOf(sessionOf(id)))
    const outcomes = await Promise.all(
      racing.map(async (file, index) => {
        const disown = () => housekeeping.disown(file.objectName, NOW_MS)
        const add = () => files.add(id, [file], null).catch(() => false)
        const [first, second] = index % 2 === 0 ? [disown, add] : [add, disown]
        return Promise.all([first(), second()])
      }),
    )
    for (const outcome of outcomes) assert.equal(outcome.filter(Boolean).length, 1)
    while ((await housekeeping.forgetDisowned(NOW_MS + 1, 100)) > 0);
  })

  it('lists existing files of all organizations by id', async () => {
    const { housekeeping, files } = fixture.database
    const made: File[] = []
    for (let index = 0; index < 3; index++) {
      const id = await newOrganization()
      made.push(await register(id, await newSession(id)))
    }
    const [first, deleted, last] = made
    assert.ok(first && deleted && last)
    await files.delete(deleted.organizationId, deleted.id, NOW_MS)
    assert.deepEqual(await housekeeping.listFiles(first.id, 2), { files: [last], lastId: last.id })
    assert.deepEqual((await housekeeping.listFiles(last.id, 9)).files, [])
    assert.notEqual((await housekeeping.listFiles('', 1)).lastId, null)
    // Deleted files count against `limit`.
    assert.deepEqual(await housekeeping.listFiles(first.id, 1), { files: [], lastId: deleted.id })
  })

  it('removes the rows of ended sessions and deleted files after their retention', async () => {
    const id = await newOrganization()
    const { housekeeping, uploadSessions, files } = fixture.database
    const longAgoMs = 2000
    const [cancelled, open, standing, deleted] = await Promise.all(
      Array.from({ length: 4 }, () => newSession(id, { expiresAtMs: longAgoMs })),
    )
    assert.ok(cancelled && open && standing && deleted)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await register(id, standing)
    await register(id, deleted)
    await files.delete(id, deleted.fileId, longAgoMs)

    while ((await housekeeping.forgetSessions(longAgoMs, 1)) > 0);
    assert.equal(await housekeeping.forgetDeletedFiles(longAgoMs, 9), 0)
    assert.equal(await housekeeping.forgetSessions(longAgoMs + 1, 9), 1)
    assert.equal(await housekeeping.forgetDeletedFiles(longAgoMs + 1, 9), 1)
    const found = [cancelled, open, standing, deleted].map(({ fileId }) =>
      uploadSessions.findByFileId(id, fileId),
    )
    const kinds = (await Promise.all(found)).map((session) => session?.state.kind)
    assert.deepEqual(kinds, [undefined, 'open', 'registered', undefined])
    assert.equal(await files.findPosition(id, deleted.fileId), null)
    assert.ok(await files.find(id, standing.fileId))
  })

  it('counts the sessions without a file, up to a limit', async () => {
    const { housekeeping, uploadSessions } = fixture.database
    const id = await newOrganization()
    const before = await housekeeping.countSessions(1_000_000)
    const [, small, dead, cancelled, expired, registered] = await Promise.all(
      Array.from({ length: 6 }, () => newSession(id, { expiresAtMs: NOW_MS })),
    )
    assert.ok(small && dead && cancelled && expired && registered)
    await uploadSessions.markDead(id, dead.fileId)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await uploadSessions.expire(id, expired.fileId, NOW_MS)
    await register(id, registered)
    const after = await housekeeping.countSessions(1_000_000)
    assert.deepEqual(
      {
        open: after.open - before.open,
        dead: after.dead - before.dead,
        ended: after.ended - before.ended,
      },
      { open: 2, dead: 1, ended: 2 },
    )
    const limited = await housekeeping.countSessions(1)
    assert.deepEqual([limited.dead, limited.ended], [1, 1])
  })

  it('keeps correct counts of sessions in a recount of all organizations', async () => {
    const id = await newOrganization()
    await newSession(id)
    const { housekeeping } = fixture.database
    let afterId: string | null = ''
    for (let reads = 0; afterId !== null && reads < 1000; reads++) {
      afterId = await housekeeping.recountSessions(afterId, 10)
    }
    assert.equal(afterId, null)
    assert.equal(await countOf(id), 1)
  })
}
