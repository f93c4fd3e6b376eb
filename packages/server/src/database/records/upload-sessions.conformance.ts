import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createSeededRandom } from '../../../test/seeded-random.ts'
import { hashSecret } from '../../domain/access/api-key.ts'
import { type AnnouncedHashes, NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import {
  type DatabaseFixture,
  FIRST_PAGE,
  fileOf,
  MAX_UNFINISHED,
  NOW_MS,
  sessionOf,
} from './fixture.conformance.ts'

/** Tests an implementation of records/upload-sessions.ts. */
export function describeUploadSessionRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newSession, register, usage, countOf } = fixture

  const createRegistered = (
    organizationId: string,
    session: UploadSession,
    maxUnfinished = MAX_UNFINISHED,
  ) => {
    const event = {
      actor: null,
      target: session.fileId,
      outcome: 'ok',
      traceId: 'trace',
      clientAddress: null,
    }
    const of = (action: string) => ({ ...event, action, organizationId, timeMs: NOW_MS }) as const
    const registration = { file: fileOf(session), created: of('create'), registered: of('register') }
    const { fileId } = session
    return fixture.database.uploadSessions.createRegistered(
      organizationId,
      session,
      hashSecret(fileId),
      maxUnfinished,
      registration,
    )
  }

  it('adds to the reservation of a session without a length, within the quota, and gives back', async () => {
    const id = await newOrganization(500)
    const { uploadSessions } = fixture.database
    const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes: 0, protocol: 's3' })
    assert.equal(await uploadSessions.addReserved(id, fileId, 300), true)
    assert.equal(await uploadSessions.addReserved(id, fileId, 300), false)
    assert.equal(await uploadSessions.addReserved(id, fileId, -100), true)
    assert.equal(await uploadSessions.addReserved(id, fileId, 300), true)
    assert.deepEqual(await usage(id), { used: 0, reserved: 500 })
    assert.equal((await uploadSessions.findByFileId(id, fileId))?.reservedBytes, 500)
    const otherId = await newOrganization()
    assert.equal(await uploadSessions.addReserved(otherId, fileId, 1), false)
    await uploadSessions.cancel(id, fileId, NOW_MS)
    assert.equal(await uploadSessions.addReserved(id, fileId, 1), false)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
  })

  it('lists the open sessions of S3 only, of the organization', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { uploadSessions } = fixture.database
    await newSession(id)
    await newSession(otherId, { protocol: 's3' })
    const open = await newSession(id, { protocol: 's3' })
    const ended = await newSession(id, { protocol: 's3' })
    await uploadSessions.cancel(id, ended.fileId, NOW_MS)
    const listed = await uploadSessions.listOfS3(id, NOW_MS, 10)
    assert.deepEqual(
      listed.map(({ fileId }) => fileId),
      [open.fileId],
    )
    assert.deepEqual(await uploadSessions.listOfS3(id, open.expiresAtMs, 10), [])
  })

  it('finds a session as it was added, by each of its keys', async () => {
    const id = await newOrganization()
    const filename = `🙂 "ü" '; DROP TABLE files; -- \u202e${'x'.repeat(200)}`
    const sizeBytes = Number.MAX_SAFE_INTEGER
    const changes = { filename, sizeBytes, checksums: ['md5', 'sha256'], uploadHandle: 'a handle' } as const
    const session = await newSession(id, changes)
    const { uploadSessions, credentials } = fixture.database
    const credential = { ...session, isOrganizationActive: true, isRevoked: false }
    assert.deepEqual(await uploadSessions.findByFileId(id, session.fileId), session)
    assert.deepEqual(await uploadSessions.findByObjectName(id, session.objectName), session)
    assert.deepEqual(await credentials.findUploadSession(hashSecret(session.fileId)), credential)
  })

  it('finds a session of another protocol as it was added', async () => {
    const id = await newOrganization()
    const session = await newSession(id, {
      sizeBytes: null,
      reservedBytes: 70,
      maxSizeBytes: Number.MAX_SAFE_INTEGER,
      protocol: 'tus',
      registers: 'when-complete',
      metadata: 'filename d29ybGQ=,is_confidential',
      announced: { ...NO_HASHES, sha256: 'A'.repeat(43) },
    })
    assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
    assert.deepEqual(await usage(id), { used: 0, reserved: 70 })
  })

  it('finds a session of parts as it was added', async () => {
    const id = await newOrganization()
    const changes = {
      protocol: 'openai',
      layout: 'parts',
      registers: 'when-complete',
      purpose: 'evals',
    } as const
    const session = await newSession(id, changes)
    assert.deepEqual(await fixture.database.uploadSessions.findByFileId(id, session.fileId), session)
  })

  it('adds a session that is registered already, with its File and both events', async () => {
    const id = await newOrganization(250)
    const { uploadSessions, files, audit } = fixture.database
    const session = sessionOf(id, { protocol: 'tus', registers: 'when-complete', uploadHandle: null })
    assert.equal(await createRegistered(id, session), 'added')
    const found = await uploadSessions.findByFileId(id, session.fileId)
    assert.deepEqual(found, { ...session, state: { kind: 'registered' } })
    assert.deepEqual(await files.find(id, session.fileId), fileOf(session))
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    assert.equal(await countOf(id), 0)
    const events = await audit.list(id, 2)
    assert.deepEqual(events.map(({ action, target }) => [action, target]).toSorted(), [
      ['create', session.fileId],
      ['register', session.fileId],
    ])
    await audit.removeBefore(NOW_MS + 1, events.length)
  })

  it('adds neither a session nor its File beyond a limit, or when the key or the object is gone', async () => {
    const id = await newOrganization(150)
    const { uploadSessions, files, audit, housekeeping } = fixture.database
    const key = await fixture.newKey(id)
    const openedBy = { apiKeyId: key.id, generation: 0 }
    assert.equal(await createRegistered(id, sessionOf(id, { openedBy })), 'added')
    const refused = [
      sessionOf(id),
      sessionOf(id, { sizeBytes: 1, reservedBytes: 1, openedBy: { ...openedBy, generation: 1 } }),
    ]
    for (const session of refused) assert.equal(await createRegistered(id, session), 'refused')
    await assert.rejects(createRegistered(id, sessionOf(id), 0), { code: 'TOO_MANY_OPEN_UPLOADS' })
    const swept = sessionOf(id, { sizeBytes: 1, reservedBytes: 1 })
    assert.equal(await housekeeping.disown(swept.objectName, NOW_MS), true)
    await assert.rejects(createRegistered(id, swept), { code: 'SERVICE_UNAVAILABLE' })
    for (const session of [...refused, swept]) {
      assert.equal(await files.find(id, session.fileId), null)
      assert.notEqual((await uploadSessions.findByFileId(id, session.fileId))?.state.kind, 'registered')
    }
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    assert.equal(await countOf(id), 0)
    await audit.removeBefore(NOW_MS + 1, 100)
  })

  it('disowns an object or adds its session with its File, never both, when both happen at once', async () => {
    const id = await newOrganization()
    const { housekeeping, audit } = fixture.database
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const session = sessionOf(id)
        const disown = () => housekeeping.disown(session.objectName, NOW_MS)
        const add = () =>
          createRegistered(id, session).then(
            (outcome) => outcome === 'added',
            () => false,
          )
        const [first, second] = index % 2 === 0 ? [disown, add] : [add, disown]
        return Promise.all([first(), second()])
      }),
    )
    for (const [first, second] of outcomes) assert.notEqual(first, second)
    assert.deepEqual([(await usage(id)).reserved, await countOf(id)], [0, 0])
    while ((await housekeeping.forgetDisowned(NOW_MS + 1, 100)) > 0);
    await audit.removeBefore(NOW_MS + 1, 100)
  })

  it('adds the File of a new session, or tells that a cancel came in between', async () => {
    const id = await newOrganization()
    const { uploadSessions, files, audit } = fixture.database
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const session = sessionOf(id)
        const adding = createRegistered(id, session)
        while ((await uploadSessions.cancel(id, session.fileId, NOW_MS)) === null);
        const outcome = await adding
        assert.equal(outcome === 'added', (await files.find(id, session.fileId)) !== null)
        const found = await uploadSessions.findByFileId(id, session.fileId)
        assert.equal(found?.state.kind, outcome === 'added' ? 'registered' : 'cancelled')
        return outcome
      }),
    )
    const added = outcomes.filter((outcome) => outcome === 'added').length
    assert.equal(outcomes.filter((outcome) => outcome === 'ended').length, 40 - added)
    assert.deepEqual(await usage(id), { used: added * 100, reserved: 0 })
    assert.equal(await countOf(id), 0)
    await audit.removeBefore(NOW_MS + 1, 100)
  })

  it('sets a length once, and reserves it', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    for (const reservedBytes of [0, 300, 500]) {
      const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes })
      assert.equal(await uploadSessions.setLength(id, fileId, 300), 'set')
      assert.equal(await uploadSessions.setLength(id, fileId, 300), 'set')
      assert.equal(await uploadSessions.setLength(id, fileId, 301), 'other-length')
      const found = await uploadSessions.findByFileId(id, fileId)
      assert.deepEqual([found?.sizeBytes, found?.reservedBytes], [300, 300])
      assert.deepEqual(await usage(id), { used: 0, reserved: 300 })
      await uploadSessions.cancel(id, fileId, NOW_MS)
      assert.equal(await uploadSessions.setLength(id, fileId, 300), 'ended')
      assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    }
    const { fileId } = await newSession(id)
    assert.equal(await uploadSessions.setLength(id, fileId, 101), 'other-length')
  })

  it('sets one of several lengths that are told at once', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes: 0 })
    const told = [100, 200, 300, 400].map((bytes) => uploadSessions.setLength(id, fileId, bytes))
    const outcomes = await Promise.all(told)
    assert.equal(outcomes.filter((outcome) => outcome === 'set').length, 1)
    const found = await uploadSessions.findByFileId(id, fileId)
    assert.deepEqual(await usage(id), { used: 0, reserved: found?.sizeBytes })
  })

  it('sets no length beyond the quota', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes: 100 })
    assert.equal(await uploadSessions.setLength(id, fileId, 1001), 'no-room')
    assert.equal((await uploadSessions.findByFileId(id, fileId))?.sizeBytes, null)
    assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    assert.equal(await uploadSessions.setLength(id, fileId, 1000), 'set')
  })

  it('raises the reservation of a session without a length as far as the quota allows', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes: 0 })
    const reserve = (neededBytes: number, wantedBytes: number) =>
      uploadSessions.reserve(id, fileId, { neededBytes, wantedBytes })
    assert.equal(await reserve(100, 400), 400)
    assert.equal(await reserve(300, 350), 400, 'never lowered')
    assert.equal(await reserve(500, 1600), 1000)
    assert.equal(await reserve(1001, 1600), 1000)
    assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
    await uploadSessions.expire(id, fileId, NOW_MS + 1000)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    assert.equal(await reserve(1, 1), 0)
  })

  it('leaves the reservation unchanged when the needed bytes exceed the quota', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    const { fileId } = await newSession(id, { sizeBytes: null, reservedBytes: 0 })
    const request = { neededBytes: 1001, wantedBytes: 1600 }
    assert.equal(await uploadSessions.reserve(id, fileId, request), 0)
    const sized = await newSession(id)
    assert.equal(await uploadSessions.reserve(id, sized.fileId, { neededBytes: 1, wantedBytes: 200 }), 0)
    assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
  })

  it('grants no more than the quota to many reservations at once', async () => {
    const id = await newOrganization(1000)
    const { uploadSessions } = fixture.database
    const making = Array.from({ length: 20 }, () => newSession(id, { sizeBytes: null, reservedBytes: 0 }))
    const sessions = await Promise.all(making)
    const raised = await Promise.all(
      sessions.map(({ fileId }) =>
        uploadSessions.reserve(id, fileId, { neededBytes: 300, wantedBytes: 300 }),
      ),
    )
    assert.equal(raised.filter((bytes) => bytes === 300).length, 3)
    assert.deepEqual(await usage(id), { used: 0, reserved: 900 })
  })

  it('gives the reservations of partial uploads to the session that joins them', async () => {
    const id = await newOrganization(100)
    const { uploadSessions } = fixture.database
    const partials = [await newSession(id, { sizeBytes: 60 }), await newSession(id, { sizeBytes: 40 })]
    const whole = await newSession(id, { sizeBytes: null, reservedBytes: 0 })
    const partialIds = partials.map(({ fileId }) => fileId)
    const joined = { partialIds, sizeBytes: 100, protocolState: 'final;a b' }
    const calls = [1, 2].map(() => uploadSessions.concatenate(id, whole.fileId, joined))
    assert.deepEqual((await Promise.all(calls)).toSorted(), [false, true])
    const found = await uploadSessions.findByFileId(id, whole.fileId)
    assert.deepEqual([found?.sizeBytes, found?.reservedBytes, found?.protocolState], [100, 100, 'final;a b'])
    for (const fileId of partialIds) {
      const partial = await uploadSessions.findByFileId(id, fileId)
      assert.deepEqual([partial?.state.kind, partial?.protocolState], ['cancelled', whole.fileId])
    }
    assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    assert.equal(await countOf(id), 1)
    await register(id, { ...whole, sizeBytes: 100 })
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    assert.equal(await countOf(id), 0)
  })

  it('joins no partial uploads of which one has ended, or belongs to another organization', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { uploadSessions } = fixture.database
    const open = await newSession(id)
    const ended = await newSession(id)
    await uploadSessions.cancel(id, ended.fileId, NOW_MS)
    const foreign = await newSession(otherId)
    const whole = await newSession(id, { sizeBytes: null, reservedBytes: 0 })
    for (const { fileId } of [ended, foreign]) {
      const joined = { partialIds: [open.fileId, fileId], sizeBytes: 200, protocolState: 'final;' }
      assert.equal(await uploadSessions.concatenate(id, whole.fileId, joined), false)
    }
    assert.equal((await uploadSessions.findByFileId(id, open.fileId))?.state.kind, 'open')
    assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    assert.deepEqual(await usage(otherId), { used: 0, reserved: 100 })
  })

  it('keeps the reason of a refused content, releases its reservation once, and never registers it', async () => {
    const id = await newOrganization()
    const { uploadSessions, files } = fixture.database
    const session = await newSession(id)
    const failure = { code: 'FILE_TYPE_MISMATCH', message: 'the bytes are not of type image/png' } as const
    const failed = await uploadSessions.fail(id, session.fileId, failure)
    assert.deepEqual([failed?.state.kind, failed?.failure, failed?.reservedBytes], ['dead', failure, 0])
    const again = await uploadSessions.fail(id, session.fileId, { ...failure, message: 'another reason' })
    assert.deepEqual(again?.failure, failure)
    assert.equal(await files.register(id, fileOf(session)), null)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    await uploadSessions.expire(id, session.fileId, NOW_MS + 1000)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    assert.equal(await countOf(id), 0)

    const registered = await newSession(id)
    await register(id, registered)
    assert.equal((await uploadSessions.fail(id, registered.fileId, failure))?.state.kind, 'registered')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('releases the reservation of an upload without bytes once, and completes it with no length', async () => {
    const id = await newOrganization()
    const { uploadSessions, files } = fixture.database
    const session = await newSession(id)
    for (let time = 0; time < 2; time++) {
      await uploadSessions.markEmpty(id, session.fileId)
      const { state, failure, sizeBytes, reservedBytes } =
        (await uploadSessions.findByFileId(id, session.fileId)) ?? assert.fail()
      assert.deepEqual([state.kind, failure, sizeBytes, reservedBytes], ['dead', null, null, 0])
      assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    }
    assert.equal(await uploadSessions.setLength(id, session.fileId, 100), 'ended')
    assert.equal(await countOf(id), 1)
    await uploadSessions.cancel(id, session.fileId, NOW_MS)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    assert.equal(await countOf(id), 0)

    const registered = await newSession(id)
    assert.ok(await files.register(id, fileOf(registered)))
    await uploadSessions.markEmpty(id, registered.fileId)
    assert.equal((await uploadSessions.findByFileId(id, registered.fileId))?.state.kind, 'registered')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('keeps the storage handle of a cancelled or expired upload, but not of a registered one', async () => {
    const id = await newOrganization()
    const uploadHandle = 'a handle of the storage'
    const handleOf = async ({ fileId }: UploadSession) =>
      (await fixture.database.uploadSessions.findByFileId(id, fileId))?.uploadHandle
    const [cancelled, expired, registered] = [
      await newSession(id, { uploadHandle }),
      await newSession(id, { uploadHandle, expiresAtMs: NOW_MS }),
      await newSession(id, { uploadHandle }),
    ]
    const { uploadSessions } = fixture.database
    const ended = await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    assert.equal(ended?.uploadHandle, uploadHandle)
    const overdue = await uploadSessions.expire(id, expired.fileId, NOW_MS)
    assert.equal(overdue?.uploadHandle, uploadHandle)
    await register(id, registered)
    assert.equal(await handleOf(registered), null)
    assert.equal(await handleOf(cancelled), uploadHandle)
  })

  it('changes the state of a session until it has ended', async () => {
    const id = await newOrganization()
    const { uploadSessions } = fixture.database
    const stateOf = async (fileId: string) => (await uploadSessions.findByFileId(id, fileId))?.state
    const { fileId } = await newSession(id)
    assert.deepEqual(await stateOf(fileId), { kind: 'open' })
    await uploadSessions.markDead(id, fileId)
    assert.deepEqual(await stateOf(fileId), { kind: 'dead' })
    await uploadSessions.cancel(id, fileId, NOW_MS)
    await uploadSessions.markDead(id, fileId)
    assert.deepEqual(await stateOf(fileId), { kind: 'cancelled' })
  })

  it('stores the protocol state of an open session only', async () => {
    const id = await newOrganization()
    const { uploadSessions } = fixture.database
    const protocolStateOf = async (fileId: string) =>
      (await uploadSessions.findByFileId(id, fileId))?.protocolState
    const { fileId } = await newSession(id)
    assert.equal(await protocolStateOf(fileId), null)
    await uploadSessions.saveProtocolState(id, fileId, '{"a":1}')
    await uploadSessions.saveProtocolState(id, fileId, '{"a":2}')
    assert.equal(await protocolStateOf(fileId), '{"a":2}')
    await uploadSessions.cancel(id, fileId, NOW_MS)
    await uploadSessions.saveProtocolState(id, fileId, '{"a":3}')
    assert.equal(await protocolStateOf(fileId), '{"a":2}')
  })

  it('replaces the protocol state of an open session only when it is the expected one', async () => {
    const id = await newOrganization()
    const { fileId } = await newSession(id)
    const replace = (expected: string | null, state: string) =>
      fixture.database.uploadSessions.replaceProtocolState(id, fileId, expected, state)
    const outcomes = await Promise.all([replace(null, 'a'), replace(null, 'b')])
    assert.deepEqual(outcomes.toSorted(), [false, true])
    const kept = outcomes[0] ? 'a' : 'b'
    assert.equal(await replace(null, 'c'), false)
    assert.equal(await replace(kept, 'd'), true)
    assert.equal((await fixture.database.uploadSessions.findByFileId(id, fileId))?.protocolState, 'd')
    await fixture.database.uploadSessions.cancel(id, fileId, NOW_MS)
    assert.equal(await replace('d', 'e'), false)
  })

  it('keeps the first announced hash of each kind, also with concurrent announcements', async () => {
    const id = await newOrganization()
    const { fileId } = await newSession(id)
    const [crc32c, md5] = ['AAAAAA==', '1B2M2Y8AsgTpgAmY7PhCfg==']
    const [sha1, sha256, sha512] = [20, 32, 64].map((bytes) => Buffer.alloc(bytes).toString('base64'))
    const all = { crc32c, md5, sha1, sha256, sha512 } as AnnouncedHashes
    const announce = (hashes: Partial<AnnouncedHashes>) =>
      fixture.database.uploadSessions.announce(id, fileId, { ...NO_HASHES, ...hashes })
    const separately = Object.entries(all).map(([algorithm, value]) => announce({ [algorithm]: value }))
    await Promise.all(separately)
    assert.deepEqual(await announce({ crc32c: 'BBBBBB==' }), all)
    assert.deepEqual((await fixture.database.uploadSessions.findByFileId(id, fileId))?.announced, all)
  })

  it('reserves, uses and releases space', async () => {
    const id = await newOrganization(1000)
    const cancelled = await newSession(id, { sizeBytes: 300 })
    const registered = await newSession(id, { sizeBytes: 500 })
    assert.deepEqual(await usage(id), { used: 0, reserved: 800 })
    await fixture.database.uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await fixture.database.uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    assert.deepEqual(await usage(id), { used: 0, reserved: 500 })
    await register(id, registered)
    await register(id, registered)
    assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
    assert.ok(await fixture.database.files.delete(id, registered.fileId, NOW_MS))
    assert.equal(await fixture.database.files.delete(id, registered.fileId, NOW_MS), null)
    assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
  })

  it('expires unfinished sessions after their expiry, and releases their space only once', async () => {
    const id = await newOrganization()
    const { uploadSessions, files } = fixture.database
    const session = await newSession(id, { expiresAtMs: NOW_MS, sizeBytes: 300 })
    const early = await uploadSessions.expire(id, session.fileId, NOW_MS - 1)
    assert.deepEqual(early, session)
    for (let time = 0; time < 2; time++) {
      const expired = await uploadSessions.expire(id, session.fileId, NOW_MS)
      assert.deepEqual(expired, { ...session, state: { kind: 'expired' } })
      assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    }
    assert.equal(await files.register(id, fileOf(session)), null)
    assert.deepEqual((await uploadSessions.cancel(id, session.fileId, NOW_MS))?.state, { kind: 'expired' })
    await uploadSessions.markDead(id, session.fileId)
    assert.equal((await uploadSessions.findByFileId(id, session.fileId))?.state.kind, 'expired')
    assert.equal(await uploadSessions.expire(await newOrganization(), session.fileId, NOW_MS), null)

    const registered = await newSession(id, { expiresAtMs: NOW_MS })
    await register(id, registered)
    const kept = await uploadSessions.expire(id, registered.fileId, NOW_MS)
    assert.deepEqual(kept?.state, { kind: 'registered' })
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('ends each session in exactly one way when several ends happen at once', async () => {
    const id = await newOrganization()
    const { uploadSessions, files } = fixture.database
    const making = Array.from({ length: 30 }, () => newSession(id, { expiresAtMs: NOW_MS, sizeBytes: 7 }))
    const sessions = await Promise.all(making)
    await Promise.all(
      sessions.flatMap((session, index) => {
        const ways = [
          () => uploadSessions.expire(id, session.fileId, NOW_MS),
          () => uploadSessions.cancel(id, session.fileId, NOW_MS),
          () => files.register(id, fileOf(session)),
        ]
        const first = index % ways.length
        return [...ways.slice(first), ...ways.slice(0, first)].map((end) => end())
      }),
    )
    const ends = sessions.map(({ fileId }) => uploadSessions.findByFileId(id, fileId))
    const kinds = (await Promise.all(ends)).map((session) => session?.state.kind)
    const countOf = (kind: string) => kinds.filter((end) => end === kind).length
    assert.equal(countOf('expired') + countOf('cancelled') + countOf('registered'), 30)
    assert.deepEqual(await usage(id), { used: 7 * countOf('registered'), reserved: 0 })
  })

  it('grants the last quota to one of many concurrent requests', async () => {
    const id = await newOrganization(1000)
    const asking = Array.from({ length: 50 }, () => {
      const session = sessionOf(id, { sizeBytes: 300 })
      return fixture.database.uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED)
    })
    const granted = (await Promise.all(asking)).filter((isGranted) => isGranted)
    assert.equal(granted.length, 3)
    assert.deepEqual(await usage(id), { used: 0, reserved: 900 })
  })

  it('opens sessions up to the limit of an organization, and another one after one has ended', async () => {
    const [id, other] = [await newOrganization(), await newOrganization()]
    const { uploadSessions } = fixture.database
    const open = (organizationId: string) => {
      const session = sessionOf(organizationId)
      const asked = uploadSessions.create(organizationId, session, hashSecret(session.fileId), 3)
      return asked.then(
        (isAdded) => (isAdded ? session.fileId : assert.fail('the quota has no limit')),
        (error) => error.code,
      )
    }
    const refused = 'TOO_MANY_OPEN_UPLOADS'
    const asked = Array.from({ length: 80 }, (_, index) => open(index % 16 === 5 ? other : id))
    const outcomes = await Promise.all(asked)
    const added = outcomes.filter((outcome) => outcome !== refused)
    assert.equal(added.length, 6)
    assert.deepEqual([await countOf(id), await countOf(other)], [3, 3])
    assert.deepEqual(await usage(id), { used: 0, reserved: 300 })
    const { items } = await uploadSessions.list(id, NOW_MS, FIRST_PAGE)
    const [killed, cancelled] = items
    assert.ok(killed && cancelled)
    await uploadSessions.markDead(id, killed.fileId)
    assert.equal(await open(id), refused)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    assert.notEqual(await open(id), refused)
    assert.equal(await open(id), refused)
  })

  it('refuses a session with the limit that it exceeds', async () => {
    const id = await newOrganization(250)
    const { uploadSessions } = fixture.database
    const open = (maxUnfinished: number) => {
      const session = sessionOf(id)
      return uploadSessions.create(id, session, hashSecret(session.fileId), maxUnfinished)
    }
    assert.deepEqual(await Promise.all([open(9), open(9), open(9)]), [true, true, false])
    await assert.rejects(open(2), { code: 'TOO_MANY_OPEN_UPLOADS', details: { limit: 2 } })
    assert.equal(await open(3), false)
  })

  it('keeps the count of unfinished sessions correct under concurrent changes', async () => {
    const ids = [await newOrganization(), await newOrganization()]
    const { uploadSessions, files, housekeeping } = fixture.database
    const random = createSeededRandom(20_260_115)
    const known: UploadSession[] = []
    const acts: readonly ((session: UploadSession) => Promise<unknown>)[] = [
      ({ organizationId }) => newSession(organizationId).then((added) => known.push(added)),
      ({ organizationId }) => newSession(organizationId).then((added) => known.push(added)),
      (session) => uploadSessions.cancel(session.organizationId, session.fileId, NOW_MS),
      (session) => uploadSessions.expire(session.organizationId, session.fileId, NOW_MS + 1000),
      (session) => uploadSessions.markDead(session.organizationId, session.fileId),
      (session) => uploadSessions.saveProtocolState(session.organizationId, session.fileId, '{}'),
      (session) => files.register(session.organizationId, fileOf(session)),
      (session) => files.delete(session.organizationId, session.fileId, NOW_MS),
      () => housekeeping.forgetSessions(NOW_MS + 2000, 5),
      () => housekeeping.forgetDeletedFiles(NOW_MS + 2000, 5),
    ]
    for (let wave = 0; wave < 8; wave++) {
      for (const id of ids) known.push(await newSession(id))
      await Promise.all(Array.from({ length: 40 }, () => random.pick(acts)(random.pick(known))))
      for (const id of ids) {
        const found = await Promise.all(
          known.map(({ organizationId, fileId }) =>
            organizationId === id ? uploadSessions.findByFileId(id, fileId) : null,
          ),
        )
        const unfinished = found.filter((one) => one && ['open', 'dead'].includes(one.state.kind))
        const open = unfinished.filter((one) => one?.state.kind !== 'dead')
        assert.equal(await countOf(id), unfinished.length, `wave ${wave}`)
        assert.equal((await uploadSessions.list(id, NOW_MS, FIRST_PAGE)).total, open.length, `wave ${wave}`)
        assert.equal((await usage(id)).reserved, unfinished.length * 100, `wave ${wave}`)
      }
    }
  })

  it('counts open sessions without dead and overdue ones', async () => {
    const id = await newOrganization()
    const { uploadSessions } = fixture.database
    const [open, dead, deadAndOver] = [
      await newSession(id),
      await newSession(id),
      await newSession(id, { expiresAtMs: NOW_MS }),
      await newSession(id, { expiresAtMs: NOW_MS }),
    ]
    await uploadSessions.markDead(id, dead.fileId)
    await uploadSessions.markDead(id, deadAndOver.fileId)
    const { items, total } = await uploadSessions.list(id, NOW_MS, FIRST_PAGE)
    assert.deepEqual({ items, total }, { items: [open], total: 1 })
    assert.equal(await countOf(id), 4)
  })

  it('grants the remaining quota to a small session after one that is too large', async () => {
    const id = await newOrganization(1000)
    const other = await newOrganization(1000)
    const create = (organizationId: string, sizeBytes: number) => {
      const session = sessionOf(organizationId, { sizeBytes })
      return fixture.database.uploadSessions.create(
        organizationId,
        session,
        hashSecret(session.fileId),
        MAX_UNFINISHED,
      )
    }
    const asked = [600, 5000, 400, 500].map((sizeBytes) => create(id, sizeBytes))
    const granted = await Promise.all([...asked, create(other, 1000)])
    assert.deepEqual(granted, [true, false, true, false, true])
    assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
    assert.deepEqual(await usage(other), { used: 0, reserved: 1000 })
  })

  it('lists sessions that are open and not overdue', async () => {
    const id = await newOrganization()
    const { uploadSessions } = fixture.database
    const open = await newSession(id, { createdAtMs: NOW_MS })
    const newer = await newSession(id, { createdAtMs: NOW_MS + 1 })
    await newSession(id, { expiresAtMs: NOW_MS })
    const cancelled = await newSession(id)
    await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
    await register(id, await newSession(id))
    const { items, total } = await uploadSessions.list(id, NOW_MS, FIRST_PAGE)
    assert.deepEqual({ items, total }, { items: [newer, open], total: 2 })
    const after = { timeMs: newer.createdAtMs, id: newer.fileId }
    const behind = await uploadSessions.list(id, NOW_MS, { ...FIRST_PAGE, after })
    assert.deepEqual(behind, { items: [open], total: 2, hasMore: false })
  })
}
