import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashSecret, type Scope } from '../../domain/access/api-key.ts'
import { createId } from '../../domain/ids.ts'
import type { PageRequest } from '../../domain/page.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ApiKeyOutcome } from './api-keys.ts'
import {
  type DatabaseFixture,
  FIRST_PAGE,
  keyOf,
  MAX_UNFINISHED,
  NOW_MS,
  sessionOf,
} from './fixture.conformance.ts'

/** Tests an implementation of records/api-keys.ts. */
export function describeApiKeyRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newKey, firstKeyOf, newSession, register, usage } = fixture

  it('records the last use of a key, but not more often than requested', async () => {
    const id = await newOrganization()
    const hash = keyOf(id).secretSha256
    const lastUse = async () => (await fixture.database.credentials.findApiKey(hash))?.lastUsedAtMs
    const key = await fixture.database.credentials.findApiKey(hash)
    const touch = (nowMs: number) => fixture.database.apiKeys.touch(id, key?.id ?? '', nowMs, nowMs - 60_000)
    await touch(NOW_MS)
    assert.equal(await lastUse(), NOW_MS)
    await touch(NOW_MS + 59_999)
    assert.equal(await lastUse(), NOW_MS)
    await touch(NOW_MS + 60_000)
    assert.equal(await lastUse(), NOW_MS + 60_000)
  })

  it('returns a key as it was added', async () => {
    const id = await newOrganization()
    const { id: createdBy } = await firstKeyOf(id)
    const scopes: Scope[] = ['files:write', 'vector_stores:read']
    const added = await newKey(id, { name: '🙂 "ü"', scopes, createdBy, expiresAtMs: NOW_MS + 1 })
    const { secretSha256, ...fields } = added
    const expected = { ...fields, organizationId: id, state: 'active', lastUsedAtMs: null, generation: 0 }
    assert.deepEqual(await fixture.database.apiKeys.find(id, added.id), expected)
    const credential = { ...expected, isOrganizationActive: true }
    assert.deepEqual(await fixture.database.credentials.findApiKey(secretSha256), credential)
    assert.equal(await fixture.database.apiKeys.create(createId('org'), keyOf(createId('ak'))), false)
  })

  it('lists keys newest first, ties by id, by page and by position', async () => {
    const id = await newOrganization()
    const ids = [(await firstKeyOf(id)).id]
    for (const addedMs of [1, 2, 2, 3]) {
      ids.unshift((await newKey(id, { createdAtMs: NOW_MS + addedMs })).id)
    }
    const list = (page: Partial<PageRequest>) => fixture.database.apiKeys.list(id, { ...FIRST_PAGE, ...page })
    const idsOf = async (page: Partial<PageRequest>) => (await list(page)).items.map((key) => key.id)
    assert.deepEqual(await idsOf({}), ids)
    assert.deepEqual(await idsOf({ limit: 2, skip: 2 }), ids.slice(2, 4))
    const after = { timeMs: NOW_MS + 2, id: String(ids[1]) }
    assert.deepEqual(await idsOf({ after, limit: 2 }), ids.slice(2, 4))
    const { total, hasMore } = await list({ limit: 4 })
    assert.deepEqual({ total, hasMore }, { total: 5, hasMore: true })
  })

  it('changes only the given columns of a key', async () => {
    const id = await newOrganization()
    const { id: keyId } = await newKey(id)
    const { apiKeys } = fixture.database
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

  it('changes the state of a key, but does not pause a deactivated one', async () => {
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
      const outcome = await fixture.database.apiKeys.setState(id, keyId, change, NOW_MS)
      assert.equal(outcome.kind === 'done' && outcome.key.state, expected, change)
      assert.equal((await fixture.database.apiKeys.find(id, keyId))?.state, expected, change)
    }
  })

  it('finds a key by its new secret and no longer by the old one', async () => {
    const id = await newOrganization()
    const { id: keyId, secretSha256 } = await newKey(id)
    const before = await fixture.database.apiKeys.find(id, keyId)
    const fresh = { prefix: 'oak_live_efgh', secretSha256: hashSecret('fresh') }
    const rotated = await fixture.database.apiKeys.replaceSecret(id, keyId, fresh)
    assert.deepEqual(rotated, { ...before, prefix: fresh.prefix })
    assert.equal((await fixture.database.credentials.findApiKey(fresh.secretSha256))?.prefix, fresh.prefix)
    assert.equal(await fixture.database.credentials.findApiKey(secretSha256), null)
  })

  it('revokes the earlier sessions of a key, but no later ones', async () => {
    const id = await newOrganization()
    const { id: apiKeyId } = await newKey(id)
    const { apiKeys, credentials, housekeeping, uploadSessions } = fixture.database
    const openedBy = { apiKeyId, generation: 0 }
    await housekeeping.settleRevocations()
    await housekeeping.forgetRevocations(NOW_MS + 1, 1000)
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
    assert.deepEqual(await usage(id), {
      used: done.sizeBytes,
      reserved: other.reservedBytes + next.reservedBytes,
    })
    assert.equal(await housekeeping.forgetRevocations(NOW_MS, 10), 0)
    assert.equal(await housekeeping.forgetRevocations(NOW_MS + 1, 10), 1)
  })

  it('creates no session and no key for an inactive key, also when both happen at once', async () => {
    const id = await newOrganization()
    const { apiKeys, uploadSessions } = fixture.database
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
      const revoked = await fixture.database.housekeeping.listRevokedSessions(apiKeyId, 100)
      assert.equal(revoked.length, opened.filter(Boolean).length)
      const late = sessionOf(id, { openedBy: { apiKeyId, generation: 0 } })
      assert.equal(await uploadSessions.create(id, late, hashSecret(late.fileId), MAX_UNFINISHED), false)
      const child = { ...keyOf(createId('ak')), createdBy: apiKeyId, secretSha256: hashSecret(late.fileId) }
      assert.equal(await apiKeys.create(id, child), false)
      const { keys: created, total } = await apiKeys.listCreatedBy(id, apiKeyId, 2)
      assert.deepEqual(created.length, Math.min(total, 2))
      for (const { fileId } of revoked) await uploadSessions.cancel(id, fileId, NOW_MS)
      await fixture.database.housekeeping.settleRevocations()
    }
    assert.equal((await usage(id)).reserved, 0)
  })

  it('deletes a key', async () => {
    const id = await newOrganization()
    const { id: keyId, secretSha256 } = await newKey(id)
    const key = await fixture.database.apiKeys.find(id, keyId)
    assert.deepEqual(await fixture.database.apiKeys.delete(id, keyId, NOW_MS), { kind: 'done', key })
    assert.equal(await fixture.database.credentials.findApiKey(secretSha256), null)
    assert.deepEqual(await fixture.database.apiKeys.delete(id, keyId, NOW_MS), { kind: 'not-found' })
  })

  it('hides and protects keys of one organization from another', async () => {
    const [owner, stranger] = [await newOrganization(), await newOrganization()]
    const { apiKeys } = fixture.database
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
      'is not deleted': (id, keyId) => fixture.database.apiKeys.delete(id, keyId, NOW_MS),
      'is not paused': (id, keyId) => fixture.database.apiKeys.setState(id, keyId, 'pause', NOW_MS),
      'is not deactivated': (id, keyId) => fixture.database.apiKeys.setState(id, keyId, 'deactivate', NOW_MS),
      'keeps its scope': (id, keyId) =>
        fixture.database.apiKeys.update(id, keyId, { scopes: ['files:read'] }, NOW_MS),
      'does not expire': (id, keyId) =>
        fixture.database.apiKeys.update(id, keyId, { expiresAtMs: NOW_MS }, NOW_MS),
      'is given no end': (id, keyId) =>
        fixture.database.apiKeys.update(id, keyId, { expiresAtMs: NOW_MS + 1 }, NOW_MS),
    }
    for (const [title, take] of Object.entries(takings)) {
      it(title, async () => {
        const id = await newOrganization()
        const first = await firstKeyOf(id)
        await newKey(id, { scopes: ['files:read', 'files:write'] })
        await newKey(id, { expiresAtMs: NOW_MS })
        const paused = await newKey(id)
        await fixture.database.apiKeys.setState(id, paused.id, 'pause', NOW_MS)
        await newOrganization()
        assert.deepEqual(await take(id, first.id), { kind: 'last-admin' })
        assert.deepEqual(await fixture.database.apiKeys.find(id, first.id), first)
        await newKey(id, { expiresAtMs: NOW_MS + 1 })
        assert.deepEqual(await take(id, first.id), { kind: 'last-admin' }, 'the other key expires')
        const second = await newKey(id)
        assert.equal((await take(id, first.id)).kind, 'done')
        assert.deepEqual(await take(id, second.id), { kind: 'last-admin' })
      })

      it(`${title}, also with concurrent changes`, async () => {
        const id = await newOrganization()
        const keys = [await firstKeyOf(id), ...(await Promise.all([1, 2, 3].map(() => newKey(id))))]
        const outcomes = await Promise.all(keys.map((key) => take(id, key.id)))
        const kinds = outcomes.map(({ kind }) => kind)
        assert.deepEqual(kinds.sort(), ['done', 'done', 'done', 'last-admin'])
      })
    }

    it('can be renamed and get additional scopes', async () => {
      const id = await newOrganization()
      const { id: keyId } = await firstKeyOf(id)
      const changes = { name: 'Neu', scopes: ['admin', 'files:write'] as const }
      assert.equal((await fixture.database.apiKeys.update(id, keyId, changes, NOW_MS)).kind, 'done')
    })
  })
}
