import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hashSecret } from '../../domain/access/api-key.ts'
import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { type DatabaseFixture, fileOf, MAX_UNFINISHED, NOW_MS, sessionOf } from './fixture.conformance.ts'

/** Tests an implementation of records/audit.ts. */
export function describeAuditRecords(fixture: DatabaseFixture): void {
  const { newOrganization } = fixture

  it('lists audit events newest first, of one organization or of all, until they are deleted', async () => {
    const id = await newOrganization()
    const event = {
      organizationId: id,
      actor: 'ak_1',
      action: 'deleteFile',
      target: null,
      outcome: 'ok',
      traceId: 't',
      clientAddress: '192.0.2.1',
    }
    const rowOf = (one: AuditEvent) => ({ ...one, count: 1 })
    const events = [3000, 2000, 1000].map((timeMs) => ({ ...event, timeMs }))
    for (const one of events.toReversed()) await fixture.database.audit.add(one)
    const rows = events.map(rowOf)
    const refused = { ...event, timeMs: 500, organizationId: null, actor: null, outcome: 'INVALID_API_KEY' }
    await fixture.database.audit.add(refused)
    assert.deepEqual(await fixture.database.audit.list(id, 10), rows)
    assert.deepEqual(await fixture.database.audit.list(id, 2), rows.slice(0, 2))
    assert.deepEqual(await fixture.database.audit.list(null, 2), [rowOf(refused), ...rows.slice(0, 1)])
    assert.equal(await fixture.database.audit.removeBefore(2000, 1), 1)
    assert.deepEqual(await fixture.database.audit.list(null, 4), rows)
    assert.equal(await fixture.database.audit.removeBefore(2000, 10), 1)
    assert.deepEqual(await fixture.database.audit.list(id, 10), rows.slice(0, 2))
  })

  it('adds the event of a change with the change', async () => {
    const id = await newOrganization()
    const { audit, files, uploadSessions } = fixture.database
    const session = sessionOf(id)
    const direct = [fileOf(sessionOf(id)), fileOf(sessionOf(id))]
    const events = [
      eventOf(id, 'createUploadUrl', session.fileId),
      eventOf(id, 'registerFile', session.fileId),
      eventOf(id, 'uploadFiles', direct.map((file) => file.id).join(' ')),
    ] as const
    assert.ok(await uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED, events[0]))
    assert.ok(await files.register(id, fileOf(session), events[1]))
    assert.ok(await files.add(id, direct, null, events[2]))
    const rows = (await audit.list(id, 10)).toReversed()
    assert.deepEqual(
      rows,
      events.map((event) => ({ ...event, count: 1 })),
    )
  })

  it('adds the events of changes that happen at once, each with its own', async () => {
    const id = await newOrganization()
    const { audit, files, uploadSessions } = fixture.database
    const sessions = Array.from({ length: 20 }, () => sessionOf(id))
    const eventFor = (action: string, { fileId }: { fileId: string }) => eventOf(id, action, fileId)
    await Promise.all(
      sessions.map((session) => {
        const event = eventFor('createUploadUrl', session)
        return uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED, event)
      }),
    )
    await Promise.all(
      sessions.map((session) => files.register(id, fileOf(session), eventFor('registerFile', session))),
    )
    const recorded = (await audit.list(id, 100)).map(({ action, target }) => `${action} ${target}`)
    const expected = sessions.flatMap(({ fileId }) => [`createUploadUrl ${fileId}`, `registerFile ${fileId}`])
    assert.deepEqual(recorded.toSorted(), expected.toSorted())
  })

  it('adds no event of a change that did not happen', async () => {
    const id = await newOrganization(150)
    const { audit, files, uploadSessions } = fixture.database
    const create = (session: ReturnType<typeof sessionOf>) => {
      const event = eventOf(id, 'createUploadUrl', session.fileId)
      return uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED, event)
    }
    const session = sessionOf(id)
    assert.ok(await create(session))
    assert.equal(await create(sessionOf(id)), false)
    const file = fileOf(sessionOf(id))
    assert.equal(await files.add(id, [file], null, eventOf(id, 'uploadFiles', file.id)), false)
    const register = () => files.register(id, fileOf(session), eventOf(id, 'registerFile', session.fileId))
    assert.deepEqual(await Promise.all([register(), register()]), [fileOf(session), fileOf(session)])
    assert.ok(await files.delete(id, session.fileId, NOW_MS))
    assert.equal(await register(), null)
    const recorded = (await audit.list(id, 10)).map(({ action, target }) => [action, target]).toReversed()
    assert.deepEqual(recorded, [
      ['createUploadUrl', session.fileId],
      ['registerFile', session.fileId],
    ])
  })

  it('counts refusals in one row per name, with the values that they have in common', async () => {
    const id = await newOrganization()
    const first = {
      rowName: `1 FILE_NOT_FOUND ${id}`,
      timeMs: 1000,
      organizationId: id,
      actor: 'ak_1',
      action: 'deleteFile',
      target: 'file_1',
      outcome: 'FILE_NOT_FOUND',
      traceId: 'first',
      clientAddress: '192.0.2.1',
      count: 1,
    }
    const other = { ...first, rowName: `2 FILE_NOT_FOUND ${id}`, clientAddress: null, target: null }
    await fixture.database.audit.addRefusals([first, other])
    await fixture.database.audit.addRefusals([
      { ...first, traceId: 'second', timeMs: 2000, count: 40 },
      other,
    ])
    const rowsOf = async () => (await fixture.database.audit.list(id, 10)).toReversed()
    const { rowName: _first, ...expected } = { ...first, count: 41 }
    const { rowName: _other, ...expectedOther } = { ...other, count: 2 }
    assert.deepEqual(await rowsOf(), [expected, expectedOther])

    const differs = { action: 'updateApiKey', target: 'ak_2', clientAddress: '192.0.2.2' }
    await fixture.database.audit.addRefusals([{ ...first, ...differs }])
    const several = { action: 'several', target: null, clientAddress: 'several', count: 42 }
    assert.deepEqual((await rowsOf())[0], { ...expected, ...several })

    // Many concurrent processes, in any order.
    const both = [first, other]
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fixture.database.audit.addRefusals(index % 2 === 0 ? both : both.toReversed()),
      ),
    )
    assert.deepEqual(
      (await rowsOf()).map(({ count }) => count),
      [62, 22],
    )
  })

  it('stores concurrent audit events when one of them cannot be stored', async () => {
    const id = await newOrganization()
    const event = {
      timeMs: NOW_MS,
      organizationId: id,
      actor: null,
      action: 'a',
      outcome: 'ok',
      traceId: 't',
      clientAddress: null,
    }
    const targets = ['first', 'of no \0 text', 'third', null]
    const results = await Promise.allSettled(
      targets.map((target) => fixture.database.audit.add({ ...event, target })),
    )
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    const kept = (await fixture.database.audit.list(id, 10)).map(({ target }) => target)
    assert.deepEqual(new Set(kept), new Set(['first', 'third', null]))
  })
}

function eventOf(organizationId: string, action: string, target: string): AuditEvent {
  return {
    ...{ timeMs: NOW_MS, organizationId, actor: 'ak_1', action, target },
    ...{ outcome: 'ok', traceId: 't', clientAddress: null },
  }
}
