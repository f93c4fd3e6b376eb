import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSeededRandom } from '../../test/seeded-random.ts'
import { type ApiKey, hashSecret, type Scope } from '../domain/access/api-key.ts'
import type { AuditEvent } from '../domain/access/audit-event.ts'
import type { Organization } from '../domain/access/organization.ts'
import type { File } from '../domain/files/file.ts'
import { objectName } from '../domain/files/object-name.ts'
import { createId } from '../domain/ids.ts'
import type { UploadSession } from '../domain/uploads/upload-session.ts'
import type { ApiKeyOutcome, Database, NewApiKey, PageRequest } from './database.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 10, 30)
const MAX_UNFINISHED = 10_000
const FIRST_PAGE: PageRequest = { limit: 50, skip: 0, after: null }

/** The promises of database.ts, held against one implementation. */
export function describeDatabase(
  kind: string,
  open: () => Promise<{ database: Database; remove: () => Promise<void> }>,
): void {
  describe(`database on ${kind}`, () => {
    let database: Database
    let remove: () => Promise<void>
    before(async () => {
      const opened = await open()
      database = opened.database
      remove = opened.remove
    })
    after(async () => {
      await database.close()
      await remove()
    })

    const newOrganization = async (storageLimitBytes: number | null = null): Promise<string> => {
      const id = createId('org')
      const organization = organizationOf(id, storageLimitBytes)
      assert.ok(await database.installation.createOrganization(organization, keyOf(id)))
      return id
    }
    const newKey = async (organizationId: string, changes: Partial<NewApiKey> = {}) => {
      const key = { ...keyOf(createId('ak')), ...changes }
      assert.ok(await database.apiKeys.create(organizationId, key))
      return key
    }
    const firstKeyOf = async (organizationId: string): Promise<ApiKey> => {
      const { items } = await database.apiKeys.list(organizationId, FIRST_PAGE)
      return items.at(-1) ?? assert.fail('the organization has no key')
    }
    const newSession = async (organizationId: string, changes: Partial<UploadSession> = {}) => {
      const session = sessionOf(organizationId, changes)
      const { uploadSessions } = database
      assert.ok(
        await uploadSessions.create(organizationId, session, hashSecret(session.fileId), MAX_UNFINISHED),
      )
      return session
    }
    const register = async (organizationId: string, session: UploadSession, uploadedAtMs = NOW_MS) => {
      const file = await database.files.register(organizationId, fileOf(session, uploadedAtMs))
      assert.ok(file)
      return file
    }
    const usage = async (organizationId: string) => {
      const found = await database.organizations.find(organizationId)
      return { used: found?.storageUsedBytes, reserved: found?.storageReservedBytes }
    }

    const countOf = (organizationId: string) => database.uploadSessions.countUnfinished(organizationId)

    it('answers that it is there', async () => {
      await assert.doesNotReject(database.check())
    })

    it('tells the time of its machine, where that is another one', async () => {
      const clockMs = await database.clockMs()
      assert.ok(clockMs === null || Math.abs(clockMs - Date.now()) < 60_000, String(clockMs))
    })

    it('keeps the first secret of a name', async () => {
      const name = createId('ak')
      assert.equal(await database.installation.secret(name, 'first'), 'first')
      assert.equal(await database.installation.secret(name, 'second'), 'first')
    })

    it('adds an organization with its first key, and refuses a taken id', async () => {
      const id = await newOrganization(1000)
      const found = await database.organizations.find(id)
      assert.deepEqual(found, organizationOf(id, 1000))
      assert.ok(await database.installation.hasOrganizations())
      const again = database.installation.createOrganization(organizationOf(id), keyOf(id))
      assert.equal(await again, false)
    })

    it('finds a key by the hash of its secret, and nothing by another', async () => {
      const id = await newOrganization()
      const key = await database.credentials.findApiKey(keyOf(id).secretSha256)
      assert.equal(key?.organizationId, id)
      assert.deepEqual(key?.scopes, ['files:read', 'admin'])
      assert.equal(key?.state, 'active')
      assert.equal(await database.credentials.findApiKey(hashSecret('another')), null)
    })

    it('notes the last use of a key, but not more often than asked', async () => {
      const id = await newOrganization()
      const hash = keyOf(id).secretSha256
      const lastUse = async () => (await database.credentials.findApiKey(hash))?.lastUsedAtMs
      const key = await database.credentials.findApiKey(hash)
      const touch = (nowMs: number) => database.apiKeys.touch(id, key?.id ?? '', nowMs, nowMs - 60_000)
      await touch(NOW_MS)
      assert.equal(await lastUse(), NOW_MS)
      await touch(NOW_MS + 59_999)
      assert.equal(await lastUse(), NOW_MS)
      await touch(NOW_MS + 60_000)
      assert.equal(await lastUse(), NOW_MS + 60_000)
    })

    it('lists organizations newest first, by page and by place', async () => {
      const ids = [await newOrganization(), await newOrganization(), await newOrganization()].reverse()
      const list = (page: Partial<PageRequest>) =>
        database.installation.listOrganizations({ ...FIRST_PAGE, limit: 1000, ...page })
      const all = await list({})
      assert.deepEqual(
        all.items.map(({ id }) => id).filter((id) => ids.includes(id)),
        ids,
      )
      assert.equal(all.total, all.items.length)
      const [first, second] = all.items
      assert.ok(first && second)
      const after = { timeMs: first.createdAtMs, id: first.id }
      assert.deepEqual((await list({ after, limit: 1 })).items, [second])
      assert.deepEqual((await list({ skip: 1, limit: 1 })).items, [second])
    })

    it('changes what is given of an organization, and nothing of another', async () => {
      const [id, other] = [await newOrganization(1000), await newOrganization(1000)]
      const { organizations } = database
      const renamed = await organizations.update(id, { name: 'Neu' }, NOW_MS + 1)
      assert.deepEqual(renamed, { ...organizationOf(id, 1000), name: 'Neu', updatedAtMs: NOW_MS + 1 })
      const unlimited = await organizations.update(id, { storageLimitBytes: null }, NOW_MS + 2)
      assert.deepEqual(unlimited, { ...renamed, storageLimitBytes: null, updatedAtMs: NOW_MS + 2 })
      assert.deepEqual(await organizations.find(id), unlimited)
      assert.deepEqual(await organizations.find(other), organizationOf(other, 1000))
      assert.equal(await organizations.update(createId('org'), { name: 'X' }, NOW_MS), null)
    })

    it('takes a limit below what is used, and then grants nothing', async () => {
      const id = await newOrganization(1000)
      await register(id, await newSession(id, { sizeBytes: 500 }))
      await database.organizations.update(id, { storageLimitBytes: 100 }, NOW_MS)
      assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
      const session = sessionOf(id, { sizeBytes: 1 })
      const { uploadSessions } = database
      assert.equal(
        await uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED),
        false,
      )
    })

    it('gives back a key as it was added', async () => {
      const id = await newOrganization()
      const { id: createdBy } = await firstKeyOf(id)
      const scopes: Scope[] = ['files:write', 'vector_stores:read']
      const added = await newKey(id, { name: '🙂 "ü"', scopes, createdBy, expiresAtMs: NOW_MS + 1 })
      const { secretSha256, ...fields } = added
      const expected = { ...fields, organizationId: id, state: 'active', lastUsedAtMs: null, generation: 0 }
      assert.deepEqual(await database.apiKeys.find(id, added.id), expected)
      const credential = { ...expected, isOrganizationActive: true }
      assert.deepEqual(await database.credentials.findApiKey(secretSha256), credential)
      assert.equal(await database.apiKeys.create(createId('org'), keyOf(createId('ak'))), false)
    })

    it('lists keys newest first, ties by id, by page and by place', async () => {
      const id = await newOrganization()
      const ids = [(await firstKeyOf(id)).id]
      for (const addedMs of [1, 2, 2, 3]) {
        ids.unshift((await newKey(id, { createdAtMs: NOW_MS + addedMs })).id)
      }
      const list = (page: Partial<PageRequest>) => database.apiKeys.list(id, { ...FIRST_PAGE, ...page })
      const idsOf = async (page: Partial<PageRequest>) => (await list(page)).items.map((key) => key.id)
      assert.deepEqual(await idsOf({}), ids)
      assert.deepEqual(await idsOf({ limit: 2, skip: 2 }), ids.slice(2, 4))
      const after = { timeMs: NOW_MS + 2, id: String(ids[1]) }
      assert.deepEqual(await idsOf({ after, limit: 2 }), ids.slice(2, 4))
      const { total, hasMore } = await list({ limit: 4 })
      assert.deepEqual({ total, hasMore }, { total: 5, hasMore: true })
    })

    it('changes what is given of a key', async () => {
      const id = await newOrganization()
      const { id: keyId } = await newKey(id)
      const { apiKeys } = database
      const before = await apiKeys.find(id, keyId)
      const changes = { name: 'Neu', scopes: ['files:read'] as const, expiresAtMs: NOW_MS + 5 }
      for (const [field, value] of Object.entries(changes)) {
        const outcome = await apiKeys.update(id, keyId, { [field]: value }, NOW_MS)
        assert.equal(outcome.kind, 'done')
      }
      assert.deepEqual(await apiKeys.find(id, keyId), { ...before, ...changes })
      const outcome = await apiKeys.update(id, keyId, { expiresAtMs: null }, NOW_MS)
      assert.deepEqual(outcome, { kind: 'done', key: { ...before, ...changes, expiresAtMs: null } })
    })

    it('moves a key through its states; a pause leaves a deactivated one', async () => {
      const id = await newOrganization()
      const { id: keyId } = await newKey(id)
      for (const [change, expected] of [
        ['pause', 'paused'],
        ['pause', 'paused'],
        ['unpause', 'active'],
        ['pause', 'paused'],
        ['activate', 'active'],
        ['unpause', 'active'],
        ['deactivate', 'deactivated'],
        ['pause', 'deactivated'],
        ['unpause', 'deactivated'],
        ['activate', 'active'],
      ] as const) {
        const outcome = await database.apiKeys.setState(id, keyId, change, NOW_MS)
        assert.equal(outcome.kind === 'done' && outcome.key.state, expected, change)
        assert.equal((await database.apiKeys.find(id, keyId))?.state, expected, change)
      }
    })

    it('finds a key by its new secret, and no more by the one before', async () => {
      const id = await newOrganization()
      const { id: keyId, secretSha256 } = await newKey(id)
      const before = await database.apiKeys.find(id, keyId)
      const fresh = { prefix: 'oak_live_efgh', secretSha256: hashSecret('fresh') }
      const rotated = await database.apiKeys.replaceSecret(id, keyId, fresh)
      assert.deepEqual(rotated, { ...before, prefix: fresh.prefix })
      assert.equal((await database.credentials.findApiKey(fresh.secretSha256))?.prefix, fresh.prefix)
      assert.equal(await database.credentials.findApiKey(secretSha256), null)
    })

    it('revokes the sessions of a key that it opened before, and none that it opens after', async () => {
      const id = await newOrganization()
      const { id: apiKeyId } = await newKey(id)
      const { apiKeys, credentials, housekeeping, uploadSessions } = database
      const openedBy = { apiKeyId, generation: 0 }
      const [first, other] = [await newSession(id, { openedBy }), await newSession(id)]
      const done = await register(id, await newSession(id, { openedBy }))
      assert.deepEqual((await uploadSessions.findByFileId(id, first.fileId))?.openedBy, openedBy)
      const isRevoked = async ({ fileId }: Pick<UploadSession, 'fileId'>) =>
        (await credentials.findUploadSession(hashSecret(fileId)))?.isRevoked
      const revocation = { endsSessions: true, revokesLinks: false }
      await apiKeys.setState(id, apiKeyId, 'deactivate', NOW_MS, revocation)
      await apiKeys.setState(id, apiKeyId, 'activate', NOW_MS)
      const late = sessionOf(id, { openedBy })
      assert.equal(await uploadSessions.create(id, late, hashSecret(late.fileId), MAX_UNFINISHED), false)
      const next = await newSession(id, { openedBy: { apiKeyId, generation: 1 } })
      assert.deepEqual(await Promise.all([first, other, next].map(isRevoked)), [true, false, false])
      const listed = await housekeeping.listRevokedSessions(apiKeyId, 10)
      assert.deepEqual(listed, [first])
      await housekeeping.settleRevocations()
      assert.deepEqual(await housekeeping.listRevokedSessions(apiKeyId, 10), [first])
      await uploadSessions.cancel(id, first.fileId, NOW_MS)
      await housekeeping.settleRevocations()
      assert.deepEqual(await housekeeping.listRevokedSessions(null, 10), [])
      assert.deepEqual(await usage(id), { used: done.sizeBytes, reserved: other.sizeBytes + next.sizeBytes })
      assert.equal(await housekeeping.forgetRevocations(NOW_MS, 10), 0)
      assert.equal(await housekeeping.forgetRevocations(NOW_MS + 1, 10), 1)
    })

    it('opens no session and makes no key for a key that is not active, however they meet', async () => {
      const id = await newOrganization()
      const { apiKeys, uploadSessions } = database
      for (const round of [0, 1, 2, 3]) {
        const { id: apiKeyId } = await newKey(id)
        const sessions = Array.from({ length: 20 }, () =>
          sessionOf(id, { openedBy: { apiKeyId, generation: 0 } }),
        )
        const opening = sessions.map((session) =>
          uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED),
        )
        const keys = Array.from({ length: 5 }, () => ({ ...keyOf(createId('ak')), createdBy: apiKeyId }))
        const making = keys.map((key) => apiKeys.create(id, { ...key, secretSha256: hashSecret(key.id) }))
        if (round > 1) await Promise.race(opening)
        const deleting = apiKeys.delete(id, apiKeyId, NOW_MS, { endsSessions: true, revokesLinks: true })
        const [opened] = await Promise.all([Promise.all(opening), Promise.all(making), deleting])
        const revoked = await database.housekeeping.listRevokedSessions(apiKeyId, 100)
        assert.equal(revoked.length, opened.filter(Boolean).length)
        const late = sessionOf(id, { openedBy: { apiKeyId, generation: 0 } })
        assert.equal(await uploadSessions.create(id, late, hashSecret(late.fileId), MAX_UNFINISHED), false)
        const child = { ...keyOf(createId('ak')), createdBy: apiKeyId, secretSha256: hashSecret(late.fileId) }
        assert.equal(await apiKeys.create(id, child), false)
        const { keys: created, total } = await apiKeys.listCreatedBy(id, apiKeyId, 2)
        assert.deepEqual(created.length, Math.min(total, 2))
        for (const { fileId } of revoked) await uploadSessions.cancel(id, fileId, NOW_MS)
        await database.housekeeping.settleRevocations()
      }
      assert.equal((await usage(id)).reserved, 0)
    })

    it('revokes the links of a key, also of one that is deleted, and of no other organization', async () => {
      const [id, otherId] = [await newOrganization(), await newOrganization()]
      const { id: keyId } = await newKey(id)
      const below = async (organizationId: string) =>
        (await database.credentials.findLinkRules(organizationId, keyId))?.revokedBelow
      assert.equal(await below(id), 0)
      const { apiKeys } = database
      const links = { endsSessions: false, revokesLinks: true }
      await apiKeys.setState(id, keyId, 'deactivate', NOW_MS, links)
      assert.equal(await below(id), 1)
      await apiKeys.setState(id, keyId, 'deactivate', NOW_MS, { endsSessions: true, revokesLinks: false })
      assert.equal(await below(id), 1)
      await apiKeys.delete(id, keyId, NOW_MS, links)
      assert.deepEqual([await below(id), await below(otherId)], [3, 0])
      assert.equal(await database.credentials.findLinkRules(createId('org'), keyId), null)
    })

    it('says of each credential whether its organization is suspended', async () => {
      const id = await newOrganization()
      const { secretSha256 } = await newKey(id, { secretSha256: hashSecret(`key of ${id}`) })
      const session = await newSession(id)
      const { credentials } = database
      for (const isActive of [false, true]) {
        assert.equal((await database.organizations.update(id, { isActive }, NOW_MS))?.isActive, isActive)
        const found = await Promise.all([
          credentials.findApiKey(secretSha256),
          credentials.findUploadSession(hashSecret(session.fileId)),
          credentials.findLinkRules(id, null),
        ])
        for (const one of found) assert.equal(one?.isOrganizationActive, isActive)
      }
    })

    it('replaces a secret, unless another one stands than was expected', async () => {
      const name = createId('ak')
      const { installation } = database
      await installation.secret(name, 'first')
      assert.equal(await installation.replaceSecret(name, 'other', 'second'), false)
      assert.equal(await installation.replaceSecret(name, 'first', 'second'), true)
      assert.equal(await installation.replaceSecret(name, null, 'third'), true)
      assert.equal(await installation.secret(name, 'none'), 'third')
    })

    it('notes the latest time, which only a reset takes back', async () => {
      const { installation } = database
      const first = await installation.noteTime(NOW_MS, 0)
      assert.deepEqual(first, { latestMs: NOW_MS, resets: 0 })
      assert.deepEqual(await installation.noteTime(NOW_MS - 1000, 0), first)
      assert.deepEqual(await installation.noteTime(NOW_MS + 1000, 0), { latestMs: NOW_MS + 1000, resets: 0 })
      const reset = { latestMs: NOW_MS - 5000, resets: 1 }
      assert.deepEqual(await installation.resetClock(NOW_MS - 5000), reset)
      assert.deepEqual(await installation.noteTime(NOW_MS + 9000, 0), reset)
      assert.deepEqual(await installation.clock(), reset)
      assert.equal((await installation.noteTime(NOW_MS, 1)).latestMs, NOW_MS)
    })

    it('deletes a key', async () => {
      const id = await newOrganization()
      const { id: keyId, secretSha256 } = await newKey(id)
      const key = await database.apiKeys.find(id, keyId)
      assert.deepEqual(await database.apiKeys.delete(id, keyId, NOW_MS), { kind: 'done', key })
      assert.equal(await database.credentials.findApiKey(secretSha256), null)
      assert.deepEqual(await database.apiKeys.delete(id, keyId, NOW_MS), { kind: 'not-found' })
    })

    it('shows one organization no key of another', async () => {
      const [owner, stranger] = [await newOrganization(), await newOrganization()]
      const { apiKeys } = database
      const key = await newKey(owner)
      const before = await apiKeys.find(owner, key.id)
      const secret = { prefix: 'oak_live_xxxx', secretSha256: hashSecret('stolen') }
      assert.equal(await apiKeys.find(stranger, key.id), null)
      assert.equal(await apiKeys.replaceSecret(stranger, key.id, secret), null)
      for (const outcome of [
        await apiKeys.update(stranger, key.id, { name: 'Mine' }, NOW_MS),
        await apiKeys.setState(stranger, key.id, 'deactivate', NOW_MS),
        await apiKeys.delete(stranger, key.id, NOW_MS),
      ]) {
        assert.deepEqual(outcome, { kind: 'not-found' })
      }
      await apiKeys.touch(stranger, key.id, NOW_MS, NOW_MS)
      assert.equal((await apiKeys.list(stranger, FIRST_PAGE)).total, 1)
      assert.deepEqual(await apiKeys.find(owner, key.id), before)
    })

    describe('the last usable admin key', () => {
      const takings: Record<string, (id: string, keyId: string) => Promise<ApiKeyOutcome>> = {
        'is not deleted': (id, keyId) => database.apiKeys.delete(id, keyId, NOW_MS),
        'is not paused': (id, keyId) => database.apiKeys.setState(id, keyId, 'pause', NOW_MS),
        'is not deactivated': (id, keyId) => database.apiKeys.setState(id, keyId, 'deactivate', NOW_MS),
        'keeps its scope': (id, keyId) =>
          database.apiKeys.update(id, keyId, { scopes: ['files:read'] }, NOW_MS),
        'does not expire': (id, keyId) => database.apiKeys.update(id, keyId, { expiresAtMs: NOW_MS }, NOW_MS),
        'is given no end': (id, keyId) =>
          database.apiKeys.update(id, keyId, { expiresAtMs: NOW_MS + 1 }, NOW_MS),
      }
      for (const [title, take] of Object.entries(takings)) {
        it(title, async () => {
          const id = await newOrganization()
          const first = await firstKeyOf(id)
          await newKey(id, { scopes: ['files:read', 'files:write'] })
          await newKey(id, { expiresAtMs: NOW_MS })
          const paused = await newKey(id)
          await database.apiKeys.setState(id, paused.id, 'pause', NOW_MS)
          await newOrganization()
          assert.deepEqual(await take(id, first.id), { kind: 'last-admin' })
          assert.deepEqual(await database.apiKeys.find(id, first.id), first)
          await newKey(id, { expiresAtMs: NOW_MS + 1 })
          assert.deepEqual(await take(id, first.id), { kind: 'last-admin' }, 'of those that last')
          const second = await newKey(id)
          assert.equal((await take(id, first.id)).kind, 'done')
          assert.deepEqual(await take(id, second.id), { kind: 'last-admin' })
        })

        it(`${title}, also when all go at once`, async () => {
          const id = await newOrganization()
          const keys = [await firstKeyOf(id), ...(await Promise.all([1, 2, 3].map(() => newKey(id))))]
          const outcomes = await Promise.all(keys.map((key) => take(id, key.id)))
          const kinds = outcomes.map(({ kind }) => kind)
          assert.deepEqual(kinds.sort(), ['done', 'done', 'done', 'last-admin'])
        })
      }

      it('can be renamed, and given other scopes beside', async () => {
        const id = await newOrganization()
        const { id: keyId } = await firstKeyOf(id)
        const changes = { name: 'Neu', scopes: ['admin', 'files:write'] as const }
        assert.equal((await database.apiKeys.update(id, keyId, changes, NOW_MS)).kind, 'done')
      })
    })

    it('gives back a session as it was added, by each of its keys', async () => {
      const id = await newOrganization()
      const filename = `🙂 "ü" '; DROP TABLE files; -- \u202e${'x'.repeat(200)}`
      const sizeBytes = Number.MAX_SAFE_INTEGER
      const changes = { filename, sizeBytes, checksums: ['md5', 'sha256'], uploadHandle: 'a handle' } as const
      const session = await newSession(id, changes)
      const { uploadSessions, credentials } = database
      const credential = { ...session, isOrganizationActive: true, isRevoked: false }
      assert.deepEqual(await uploadSessions.findByFileId(id, session.fileId), session)
      assert.deepEqual(await uploadSessions.findByObjectName(id, session.objectName), session)
      assert.deepEqual(await credentials.findUploadSession(hashSecret(session.fileId)), credential)
    })

    it('keeps by what the storage knows an upload until it is registered, through its other ends too', async () => {
      const id = await newOrganization()
      const uploadHandle = 'a handle of the storage'
      const handleOf = async ({ fileId }: UploadSession) =>
        (await database.uploadSessions.findByFileId(id, fileId))?.uploadHandle
      const [cancelled, expired, registered] = [
        await newSession(id, { uploadHandle }),
        await newSession(id, { uploadHandle, expiresAtMs: NOW_MS }),
        await newSession(id, { uploadHandle }),
      ]
      const { uploadSessions } = database
      const ended = await uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
      assert.equal(ended?.uploadHandle, uploadHandle)
      const overdue = await uploadSessions.expire(id, expired.fileId, NOW_MS)
      assert.equal(overdue?.uploadHandle, uploadHandle)
      await register(id, registered)
      assert.equal(await handleOf(registered), null)
      assert.equal(await handleOf(cancelled), uploadHandle)
    })

    it('finds and changes nothing by a text with NUL, and stores none', async () => {
      const id = await newOrganization()
      const { uploadSessions, files, apiKeys, organizations, housekeeping } = database
      const { fileId } = await newSession(id)
      const cut = `${fileId}\0more`
      for (const found of [
        await uploadSessions.findByFileId(id, cut),
        await uploadSessions.findByObjectName(id, cut),
        await uploadSessions.cancel(id, cut, NOW_MS),
        await uploadSessions.announce(id, cut, { crc32c: null, md5: null }),
        await files.find(id, cut),
        await files.delete(id, cut, NOW_MS),
        await apiKeys.find(id, cut),
        await organizations.find(`${id}\0`),
        await housekeeping.findUse(cut),
      ]) {
        assert.equal(found, null)
      }
      assert.deepEqual(await apiKeys.delete(id, cut, NOW_MS), { kind: 'not-found' })
      await uploadSessions.markDead(id, cut)
      const session = sessionOf(id, { contentType: 'text/plain\0' })
      await assert.rejects(
        uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED),
        /NUL/,
      )
      assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    })

    it('gives back declared types with their parameters, and detected types where there are any', async () => {
      const id = await newOrganization()
      for (const [contentType, detectedContentType] of [
        ['video/webm;codecs="vp8, opus"', 'video/webm'],
        ['text/plain; charset=utf-8', null],
      ] as const) {
        const session = await newSession(id, { contentType })
        const file = { ...fileOf(session), detectedContentType }
        assert.deepEqual(await database.uploadSessions.findByFileId(id, session.fileId), session)
        assert.deepEqual(await database.files.register(id, file), file)
        assert.deepEqual(await database.files.find(id, file.id), file)
      }
      const added = { ...fileOf(sessionOf(id)), detectedContentType: 'image/png' }
      assert.ok(await database.files.add(id, [added], null))
      assert.deepEqual(await database.files.find(id, added.id), added)
    })

    it('gives back what earlier versions stored as a type in a form that can be served', async () => {
      const id = await newOrganization()
      const session = await newSession(id, { contentType: 'text/plain\n' })
      assert.equal(
        (await database.uploadSessions.findByFileId(id, session.fileId))?.contentType,
        'text/plain',
      )
      await database.files.register(id, { ...fileOf(session), contentType: '\u3000text/plain\u2028' })
      assert.equal((await database.files.find(id, session.fileId))?.contentType, 'text/plain')
    })

    it('keeps numbers and times to the last digit, on both sides of zero', async () => {
      const id = await newOrganization(Number.MAX_SAFE_INTEGER)
      for (const [createdAtMs, sizeBytes] of [
        [-1, 1],
        [0, 0],
        [253_402_300_799_999, Number.MAX_SAFE_INTEGER - 1],
      ] as const) {
        const session = await newSession(id, { createdAtMs, sizeBytes })
        assert.deepEqual(await database.uploadSessions.findByFileId(id, session.fileId), session)
      }
      assert.deepEqual(await usage(id), { used: 0, reserved: Number.MAX_SAFE_INTEGER })
      const { items } = await database.uploadSessions.list(id, NOW_MS, FIRST_PAGE)
      assert.deepEqual(
        items.map(({ createdAtMs }) => createdAtMs),
        [253_402_300_799_999, 0, -1],
      )
    })

    it('orders ids by their bytes, whatever the language', async () => {
      const id = await newOrganization()
      const ids = ['file_B', 'file_Z', 'file__', 'file_a', 'file_b', 'file_é', 'fileZ'].map(
        (end) => `${end}${id}`,
      )
      for (const fileId of ids.toReversed()) await register(id, await newSession(id, { fileId }))
      const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const { items } = await database.files.list(id, FIRST_PAGE)
      assert.deepEqual(
        items.map((file) => file.id),
        inOrder.toReversed(),
      )
      const { files: listed } = await database.housekeeping.listFiles('', 10_000)
      assert.deepEqual(
        listed.map((file) => file.id).filter((fileId) => fileId.endsWith(id)),
        inOrder,
      )
      for (const fileId of ids) await database.files.delete(id, fileId, NOW_MS)
    })

    it('refuses what is taken, changes nothing, and blames nobody else', async () => {
      const id = await newOrganization()
      const session = await newSession(id)
      const same = sessionOf(id, { objectName: session.objectName })
      const again = database.uploadSessions.create(id, same, hashSecret(same.fileId), MAX_UNFINISHED)
      await assert.rejects(again, (error: Error) => error.name !== 'ServiceError')
      assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    })

    it('shows one organization nothing of another', async () => {
      const owner = await newOrganization()
      const stranger = await newOrganization()
      const session = await newSession(owner)
      const registered = await register(owner, await newSession(owner))
      const { uploadSessions, files } = database
      assert.equal(await uploadSessions.findByFileId(stranger, session.fileId), null)
      assert.equal(await uploadSessions.findByObjectName(stranger, session.objectName), null)
      assert.equal(await uploadSessions.cancel(stranger, session.fileId, NOW_MS), null)
      await uploadSessions.markDead(stranger, session.fileId)
      await uploadSessions.refuseSmallChunks(stranger, session.fileId, 1)
      await uploadSessions.announce(stranger, session.fileId, { crc32c: 'AAAAAA==', md5: null })
      assert.equal(await files.register(stranger, fileOf(session)), null)
      assert.equal(await files.find(stranger, registered.id), null)
      assert.equal(await files.findPosition(stranger, registered.id), null)
      assert.equal(await files.delete(stranger, registered.id, NOW_MS), null)
      assert.equal((await uploadSessions.list(stranger, NOW_MS, FIRST_PAGE)).total, 0)
      assert.equal((await files.list(stranger, FIRST_PAGE)).total, 0)
      assert.deepEqual(await uploadSessions.findByFileId(owner, session.fileId), session)
      assert.deepEqual(await files.find(owner, registered.id), registered)
    })

    it('moves a session through its states, and none leaves an end', async () => {
      const id = await newOrganization()
      const { uploadSessions } = database
      const stateOf = async (fileId: string) => (await uploadSessions.findByFileId(id, fileId))?.state
      const { fileId } = await newSession(id)
      await uploadSessions.refuseSmallChunks(id, fileId, 17)
      assert.deepEqual(await stateOf(fileId), { kind: 'small-chunk', bodyBytes: 17 })
      await uploadSessions.refuseSmallChunks(id, fileId, 18)
      assert.deepEqual(await stateOf(fileId), { kind: 'small-chunk', bodyBytes: 17 })
      await uploadSessions.markDead(id, fileId)
      assert.deepEqual(await stateOf(fileId), { kind: 'dead' })
      await uploadSessions.cancel(id, fileId, NOW_MS)
      await uploadSessions.markDead(id, fileId)
      await uploadSessions.refuseSmallChunks(id, fileId, 18)
      assert.deepEqual(await stateOf(fileId), { kind: 'cancelled' })
    })

    it('keeps the first announced hash of each kind, also when both come at once', async () => {
      const id = await newOrganization()
      const { fileId } = await newSession(id)
      const [crc32c, md5] = ['AAAAAA==', '1B2M2Y8AsgTpgAmY7PhCfg==']
      const announce = (hashes: { crc32c: string | null; md5: string | null }) =>
        database.uploadSessions.announce(id, fileId, hashes)
      await Promise.all([announce({ crc32c, md5: null }), announce({ crc32c: null, md5 })])
      assert.deepEqual(await announce({ crc32c: 'BBBBBB==', md5: null }), { crc32c, md5 })
      assert.deepEqual((await database.uploadSessions.findByFileId(id, fileId))?.announced, { crc32c, md5 })
    })

    it('reserves, uses and gives back space', async () => {
      const id = await newOrganization(1000)
      const cancelled = await newSession(id, { sizeBytes: 300 })
      const registered = await newSession(id, { sizeBytes: 500 })
      assert.deepEqual(await usage(id), { used: 0, reserved: 800 })
      await database.uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
      await database.uploadSessions.cancel(id, cancelled.fileId, NOW_MS)
      assert.deepEqual(await usage(id), { used: 0, reserved: 500 })
      await register(id, registered)
      await register(id, registered)
      assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
      assert.ok(await database.files.delete(id, registered.fileId, NOW_MS))
      assert.equal(await database.files.delete(id, registered.fileId, NOW_MS), null)
      assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    })

    it('expires unfinished sessions once their time is over, and gives their space back once', async () => {
      const id = await newOrganization()
      const { uploadSessions, files } = database
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

    it('ends each of many sessions in one way when all come at once', async () => {
      const id = await newOrganization()
      const { uploadSessions, files } = database
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

    it('lists overdue sessions of all organizations, the longest over first', async () => {
      const longAgoMs = 1000
      const made = []
      for (const afterMs of [3, 1, 2]) {
        made[afterMs] = await newSession(await newOrganization(), { expiresAtMs: longAgoMs + afterMs })
      }
      const { housekeeping, uploadSessions } = database
      const [, first, second, third] = made
      assert.ok(first && second && third)
      assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs, 9), [])
      assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs + 2, 9), [first, second])
      assert.deepEqual(await housekeeping.listOverdueSessions(longAgoMs + 3, 1), [first])
      await uploadSessions.expire(first.organizationId, first.fileId, NOW_MS)
      await uploadSessions.refuseSmallChunks(second.organizationId, second.fileId, 1)
      await uploadSessions.markDead(third.organizationId, third.fileId)
      const left = await housekeeping.listOverdueSessions(longAgoMs + 3, 9)
      assert.deepEqual(
        left.map(({ fileId, state }) => [fileId, state.kind]),
        [
          [second.fileId, 'small-chunk'],
          [third.fileId, 'dead'],
        ],
      )
    })

    it('lists ended sessions whose uploads the storage still knows, until that is forgotten', async () => {
      const id = await newOrganization()
      const { housekeeping, uploadSessions } = database
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

    it('says what an object’s name stands for', async () => {
      const id = await newOrganization()
      const { housekeeping, uploadSessions, files } = database
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
    })

    it('disowns an object or adds its file, whichever comes first', async () => {
      const id = await newOrganization()
      const { housekeeping, files, uploadSessions } = database
      const [swept, kept] = [fileOf(sessionOf(id)), fileOf(sessionOf(id))]
      assert.equal(await housekeeping.disown(swept.objectName, NOW_MS), true)
      await assert.rejects(files.add(id, [fileOf(sessionOf(id)), swept], null), /swept/)
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

    it('disowns an object or adds its file, and never both, when both come at once', async () => {
      const id = await newOrganization()
      const { housekeeping, files } = database
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

    it('lists standing files of all organizations by id', async () => {
      const { housekeeping, files } = database
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
      // It reads at most `limit` rows, however many of them are deleted.
      assert.deepEqual(await housekeeping.listFiles(first.id, 1), { files: [], lastId: deleted.id })
    })

    it('forgets sessions that ended and files that were deleted long enough ago', async () => {
      const id = await newOrganization()
      const { housekeeping, uploadSessions, files } = database
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

    it('counts the sessions that made no file, up to a limit', async () => {
      const { housekeeping, uploadSessions } = database
      const id = await newOrganization()
      const before = await housekeeping.countSessions(1_000_000)
      const [, small, dead, cancelled, expired, registered] = await Promise.all(
        Array.from({ length: 6 }, () => newSession(id, { expiresAtMs: NOW_MS })),
      )
      assert.ok(small && dead && cancelled && expired && registered)
      await uploadSessions.refuseSmallChunks(id, small.fileId, 1)
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

    it('gives the last of the quota to one of many that ask at once', async () => {
      const id = await newOrganization(1000)
      const asking = Array.from({ length: 50 }, () => {
        const session = sessionOf(id, { sizeBytes: 300 })
        return database.uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED)
      })
      const granted = (await Promise.all(asking)).filter((isGranted) => isGranted)
      assert.equal(granted.length, 3)
      assert.deepEqual(await usage(id), { used: 0, reserved: 900 })
    })

    it('opens as many sessions at once as an organization may have, and one more when one has ended', async () => {
      const [id, other] = [await newOrganization(), await newOrganization()]
      const { uploadSessions } = database
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

    it('says of a refused session which limit it met', async () => {
      const id = await newOrganization(250)
      const { uploadSessions } = database
      const open = (maxUnfinished: number) => {
        const session = sessionOf(id)
        return uploadSessions.create(id, session, hashSecret(session.fileId), maxUnfinished)
      }
      assert.deepEqual(await Promise.all([open(9), open(9), open(9)]), [true, true, false])
      await assert.rejects(open(2), { code: 'TOO_MANY_OPEN_UPLOADS', details: { limit: 2 } })
      assert.equal(await open(3), false)
    })

    it('keeps the count of unfinished sessions right, whatever happens to them at once', async () => {
      const ids = [await newOrganization(), await newOrganization()]
      const { uploadSessions, files, housekeeping } = database
      const random = createSeededRandom(20_260_115)
      const known: UploadSession[] = []
      const acts: readonly ((session: UploadSession) => Promise<unknown>)[] = [
        ({ organizationId }) => newSession(organizationId).then((added) => known.push(added)),
        ({ organizationId }) => newSession(organizationId).then((added) => known.push(added)),
        (session) => uploadSessions.cancel(session.organizationId, session.fileId, NOW_MS),
        (session) => uploadSessions.expire(session.organizationId, session.fileId, NOW_MS + 1000),
        (session) => uploadSessions.markDead(session.organizationId, session.fileId),
        (session) => uploadSessions.refuseSmallChunks(session.organizationId, session.fileId, 1),
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
          const unfinished = found.filter(
            (one) => one && ['open', 'small-chunk', 'dead'].includes(one.state.kind),
          )
          const open = unfinished.filter((one) => one?.state.kind !== 'dead')
          assert.equal(await countOf(id), unfinished.length, `wave ${wave}`)
          assert.equal((await uploadSessions.list(id, NOW_MS, FIRST_PAGE)).total, open.length, `wave ${wave}`)
          assert.equal((await usage(id)).reserved, unfinished.length * 100, `wave ${wave}`)
        }
      }
    })

    it('counts open sessions without those that nothing goes on in or whose time is over', async () => {
      const id = await newOrganization()
      const { uploadSessions } = database
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

    it('finds no count of sessions wrong, and comes to the end of the organizations', async () => {
      const id = await newOrganization()
      await newSession(id)
      const { housekeeping } = database
      let afterId: string | null = ''
      for (let reads = 0; afterId !== null && reads < 1000; reads++) {
        afterId = await housekeeping.recountSessions(afterId, 10)
      }
      assert.equal(afterId, null)
      assert.equal(await countOf(id), 1)
    })

    it('gives what is left of the quota to a small session behind one that is too large', async () => {
      const id = await newOrganization(1000)
      const other = await newOrganization(1000)
      const create = (organizationId: string, sizeBytes: number) => {
        const session = sessionOf(organizationId, { sizeBytes })
        return database.uploadSessions.create(
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

    it('answers both of two registers with the file that came first', async () => {
      const id = await newOrganization()
      const session = await newSession(id)
      const { files } = database
      const [first, second] = await Promise.all([
        files.register(id, fileOf(session, NOW_MS)),
        files.register(id, fileOf(session, NOW_MS + 1)),
      ])
      assert.deepEqual(first, fileOf(session, NOW_MS))
      assert.deepEqual(second, first)
      assert.equal((await files.list(id, FIRST_PAGE)).total, 1)
    })

    it('gives back the checksums of a file as they were added, with a session and without', async () => {
      const id = await newOrganization()
      const { files } = database
      const checksums = { md5: '0'.repeat(32), sha256: 'f'.repeat(64) }
      const registered = { ...fileOf(await newSession(id)), ...checksums }
      assert.deepEqual(await files.register(id, registered), registered)
      const added = { ...fileOf(sessionOf(id)), ...checksums, md5: null }
      assert.equal(await files.add(id, [added], null), true)
      assert.deepEqual(await files.find(id, registered.id), registered)
      assert.deepEqual(await files.find(id, added.id), added)
    })

    it('registers the neighbours of a file that cannot be, when all come at once', async () => {
      const id = await newOrganization()
      const taken = await register(id, await newSession(id))
      const sessions = [await newSession(id), await newSession(id), await newSession(id)]
      const results = await Promise.allSettled(
        sessions.map((session, index) =>
          database.files.register(id, {
            ...fileOf(session),
            ...(index === 1 && { objectName: taken.objectName }),
          }),
        ),
      )
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
      assert.equal((await database.files.list(id, FIRST_PAGE)).total, 3)
      assert.deepEqual(await usage(id), { used: 300, reserved: 100 })
    })

    it('reserves for bodies as far as the quota goes, and turns that into use or gives it back', async () => {
      const id = await newOrganization(1000)
      const { reservations } = database
      const terms = (name: string) => ({ id: `${id}-${name}`, holder: id, expiresAtMs: NOW_MS + 1000 })
      assert.equal(await reservations.raise(id, terms('one'), 600), 600)
      assert.equal(await reservations.raise(id, terms('two'), 600), 400)
      assert.equal(await reservations.raise(id, terms('two'), 600), 400)
      assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
      await reservations.release('org_other', terms('one').id)
      assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
      const file = fileOf(sessionOf(id, { sizeBytes: 500 }))
      assert.equal(await database.files.add(id, [file], terms('one').id), true)
      assert.deepEqual(await usage(id), { used: 500, reserved: 400 })
      await reservations.release(id, terms('two').id)
      await reservations.release(id, terms('two').id)
      assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
    })

    it('gives reservations back that their process has not renewed', async () => {
      const id = await newOrganization(1000)
      const { reservations } = database
      const at = (name: string, expiresAtMs: number) => ({
        id: `${id}-${name}`,
        holder: `${id}-${name}`,
        expiresAtMs,
      })
      await reservations.raise(id, at('dead', NOW_MS), 300)
      await reservations.raise(id, at('alive', NOW_MS), 400)
      await reservations.renew(`${id}-alive`, NOW_MS + 2)
      assert.ok((await reservations.releaseExpired(NOW_MS + 1, 100)) >= 1)
      assert.deepEqual(await usage(id), { used: 0, reserved: 400 })
      await reservations.releaseExpired(NOW_MS + 2, 100)
      assert.deepEqual(await usage(id), { used: 0, reserved: 0 })
    })

    it('adds files without a session, all or none, within the quota', async () => {
      const id = await newOrganization(1000)
      const files = () => [400, 500].map((sizeBytes) => fileOf(sessionOf(id, { sizeBytes })))
      const added = await Promise.all([
        database.files.add(id, files(), null),
        database.files.add(id, files(), null),
        database.files.add(id, files().slice(0, 1), null),
      ])
      const sizes = [900, 900, 400].filter((_, index) => added[index])
      assert.equal(sizes.length, 1)
      assert.deepEqual(await usage(id), { used: sizes[0], reserved: 0 })
      assert.equal(await database.files.add(id, files(), null), false)
      const [first] = (await database.files.list(id, FIRST_PAGE)).items
      const taken = fileOf({ ...sessionOf(id, { sizeBytes: 1 }), fileId: first?.id ?? '' })
      const again = database.files.add(id, [fileOf(sessionOf(id, { sizeBytes: 1 })), taken], null)
      await assert.rejects(again)
      assert.deepEqual(await usage(id), { used: sizes[0], reserved: 0 })
    })

    it('registers nothing after a cancel or a delete', async () => {
      const id = await newOrganization()
      const { files, uploadSessions } = database
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

    it('lists files newest first, ties by id, by page and by place', async () => {
      const id = await newOrganization()
      const files: File[] = []
      for (const uploadedAtMs of [10, 20, 20, 20, 30]) {
        files.unshift(await register(id, await newSession(id), NOW_MS + uploadedAtMs))
      }
      const list = (page: Partial<PageRequest>) => database.files.list(id, { ...FIRST_PAGE, ...page })
      const idsOf = async (page: Partial<PageRequest>) => (await list(page)).items.map((file) => file.id)
      const ids = files.map((file) => file.id)
      assert.deepEqual(await idsOf({}), ids)
      assert.deepEqual(await idsOf({ limit: 2, skip: 2 }), ids.slice(2, 4))
      for (const [index, fileId] of ids.entries()) {
        const place = await database.files.findPosition(id, fileId)
        assert.deepEqual(await idsOf({ after: place, limit: 2 }), ids.slice(index + 1, index + 3))
      }
      assert.deepEqual(await list({ limit: 5 }), { items: files, total: 5, hasMore: false })
      assert.deepEqual(await list({ limit: 4 }), { items: files.slice(0, 4), total: 5, hasMore: true })
    })

    it('goes on behind the place of a file that was deleted', async () => {
      const id = await newOrganization()
      const [oldest, middle] = [await register(id, await newSession(id), NOW_MS), await newSession(id)]
      await register(id, middle, NOW_MS + 1)
      await database.files.delete(id, middle.fileId, NOW_MS + 2)
      const after = await database.files.findPosition(id, middle.fileId)
      assert.deepEqual((await database.files.list(id, { ...FIRST_PAGE, after })).items, [oldest])
    })

    it('lists sessions that are open and in time', async () => {
      const id = await newOrganization()
      const { uploadSessions } = database
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

    it('keeps audit events, newest first, of one organization or of all, until they are removed', async () => {
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
      for (const one of events.toReversed()) await database.audit.add(one)
      const rows = events.map(rowOf)
      const refused = { ...event, timeMs: 500, organizationId: null, actor: null, outcome: 'INVALID_API_KEY' }
      await database.audit.add(refused)
      assert.deepEqual(await database.audit.list(id, 10), rows)
      assert.deepEqual(await database.audit.list(id, 2), rows.slice(0, 2))
      assert.deepEqual(await database.audit.list(null, 2), [rowOf(refused), ...rows.slice(0, 1)])
      assert.equal(await database.audit.removeBefore(2000, 1), 1)
      assert.deepEqual(await database.audit.list(null, 4), rows)
      assert.equal(await database.audit.removeBefore(2000, 10), 1)
      assert.deepEqual(await database.audit.list(id, 10), rows.slice(0, 2))
    })

    it('adds refusals up in the row of their name, which says of them what they have in common', async () => {
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
      await database.audit.addRefusals([first, other])
      await database.audit.addRefusals([{ ...first, traceId: 'second', timeMs: 2000, count: 40 }, other])
      const rowsOf = async () => (await database.audit.list(id, 10)).toReversed()
      const { rowName: _first, ...expected } = { ...first, count: 41 }
      const { rowName: _other, ...expectedOther } = { ...other, count: 2 }
      assert.deepEqual(await rowsOf(), [expected, expectedOther])

      const differs = { action: 'updateApiKey', target: 'ak_2', clientAddress: '192.0.2.2' }
      await database.audit.addRefusals([{ ...first, ...differs }])
      const several = { action: 'several', target: null, clientAddress: 'several', count: 42 }
      assert.deepEqual((await rowsOf())[0], { ...expected, ...several })

      // Many concurrent processes, in any order.
      const both = [first, other]
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          database.audit.addRefusals(index % 2 === 0 ? both : both.toReversed()),
        ),
      )
      assert.deepEqual(
        (await rowsOf()).map(({ count }) => count),
        [62, 22],
      )
    })

    it('keeps the audit events that come at once, but for one that cannot be kept', async () => {
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
        targets.map((target) => database.audit.add({ ...event, target })),
      )
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      )
      const kept = (await database.audit.list(id, 10)).map(({ target }) => target)
      assert.deepEqual(new Set(kept), new Set(['first', 'third', null]))
    })

    it('gives a job to one of many that ask, until its time is over', async () => {
      const { jobs } = database
      const job = createId('org')
      const take = (holder: string, nowMs: number) => jobs.take(job, holder, nowMs, nowMs + 100)
      const asking = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => take(holder, 0)))
      const holder = ['a', 'b', 'c', 'd'][asking.findIndex(({ isTaken }) => isTaken)] ?? ''
      assert.equal(asking.filter(({ isTaken }) => isTaken).length, 1)
      assert.equal((await take(holder, 50)).isTaken, true)
      assert.equal((await take('z', 149)).isTaken, false)
      assert.equal((await take('z', 150)).isTaken, true)
      await jobs.finish(job, holder, { finishedAtMs: 151, dueAtMs: 0, position: 'lost' })
      await jobs.release(job, holder, 0)
      const state = { isTaken: false, position: null, finishedAtMs: null }
      assert.deepEqual(await take(holder, 160), state)
    })

    it('lets a job rest between its runs, and go on where the last one ended', async () => {
      const { jobs } = database
      const job = createId('org')
      const take = (holder: string, nowMs: number) => jobs.take(job, holder, nowMs, nowMs + 10)
      assert.deepEqual(await take('a', 0), { isTaken: true, position: null, finishedAtMs: null })
      await jobs.finish(job, 'a', { finishedAtMs: 5, dueAtMs: 100, position: 'here' })
      const state = { position: 'here', finishedAtMs: 5 }
      assert.deepEqual(await take('a', 99), { isTaken: false, ...state })
      assert.deepEqual(await take('b', 100), { isTaken: true, ...state })
      await jobs.release(job, 'b', 105)
      assert.deepEqual(await take('a', 104), { isTaken: false, ...state })
      assert.deepEqual(await take('a', 105), { isTaken: true, ...state })
    })

    it('takes no neighbour along when one of many changes fails', async () => {
      const id = await newOrganization()
      const session = sessionOf(id)
      const { uploadSessions } = database
      const results = await Promise.allSettled([
        newSession(id),
        uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED),
        uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED),
        newSession(id),
      ])
      const statuses = results.map((result) => result.status)
      assert.deepEqual(statuses.sort(), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
      assert.equal((await uploadSessions.list(id, NOW_MS, FIRST_PAGE)).total, 3)
      assert.deepEqual(await usage(id), { used: 0, reserved: 300 })
    })
  })
}

function organizationOf(id: string, storageLimitBytes: number | null = null): Organization {
  return {
    id,
    name: 'Örganization',
    isActive: true,
    storageLimitBytes,
    storageUsedBytes: 0,
    storageReservedBytes: 0,
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
  }
}

function keyOf(organizationId: string) {
  return {
    id: createId('ak'),
    name: 'First key',
    prefix: 'oak_live_abcd',
    secretSha256: hashSecret(organizationId),
    scopes: ['files:read', 'admin'] as const,
    createdBy: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
  }
}

function sessionOf(organizationId: string, changes: Partial<UploadSession> = {}): UploadSession {
  const fileId = createId('file')
  const filename = changes.filename ?? 'a.bin'
  return {
    fileId,
    organizationId,
    objectName: objectName(organizationId, fileId, filename),
    filename,
    sizeBytes: 100,
    contentType: 'text/plain',
    state: { kind: 'open' },
    announced: { crc32c: null, md5: null },
    checksums: [],
    uploadHandle: null,
    openedBy: null,
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 1000,
    ...changes,
  }
}

function fileOf(session: UploadSession, uploadedAtMs = NOW_MS): File {
  return {
    id: session.fileId,
    organizationId: session.organizationId,
    filename: session.filename,
    sizeBytes: session.sizeBytes,
    contentType: session.contentType,
    detectedContentType: null,
    objectName: session.objectName,
    generation: '1768473000000000',
    crc32c: 'AAAAAA==',
    md5: null,
    sha256: null,
    uploadedByApiKeyId: null,
    uploadedAtMs,
  }
}
