import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashSecret } from '../domain/api-key.ts'
import type { File } from '../domain/file.ts'
import { createId } from '../domain/ids.ts'
import { objectName } from '../domain/object-name.ts'
import type { Organization } from '../domain/organization.ts'
import type { UploadSession } from '../domain/upload-session.ts'
import type { Database, PageRequest } from './database.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 10, 30)
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
    const newSession = async (organizationId: string, changes: Partial<UploadSession> = {}) => {
      const session = sessionOf(organizationId, changes)
      const { uploadSessions } = database
      assert.ok(await uploadSessions.create(organizationId, session, hashSecret(session.fileId)))
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

    it('answers that it is there', async () => {
      await assert.doesNotReject(database.check())
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
      const touch = (nowMs: number) =>
        database.organizations.touchApiKey(id, key?.id ?? '', nowMs, nowMs - 60_000)
      await touch(NOW_MS)
      assert.equal(await lastUse(), NOW_MS)
      await touch(NOW_MS + 59_999)
      assert.equal(await lastUse(), NOW_MS)
      await touch(NOW_MS + 60_000)
      assert.equal(await lastUse(), NOW_MS + 60_000)
    })

    it('gives back a session as it was added, by each of its keys', async () => {
      const id = await newOrganization()
      const filename = `🙂 "ü" '; DROP TABLE files; -- \u202e${'x'.repeat(200)}`
      const sizeBytes = Number.MAX_SAFE_INTEGER
      const session = await newSession(id, { filename, sizeBytes })
      const { uploadSessions, credentials } = database
      assert.deepEqual(await uploadSessions.findByFileId(id, session.fileId), session)
      assert.deepEqual(await uploadSessions.findByObjectName(id, session.objectName), session)
      assert.deepEqual(await credentials.findUploadSession(hashSecret(session.fileId)), session)
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
      await uploadSessions.kill(stranger, session.fileId)
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
      await uploadSessions.kill(id, fileId)
      assert.deepEqual(await stateOf(fileId), { kind: 'dead' })
      await uploadSessions.cancel(id, fileId, NOW_MS)
      await uploadSessions.kill(id, fileId)
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

    it('gives the last of the quota to one of many that ask at once', async () => {
      const id = await newOrganization(1000)
      const asking = Array.from({ length: 50 }, () => {
        const session = sessionOf(id, { sizeBytes: 300 })
        return database.uploadSessions.create(id, session, hashSecret(session.fileId))
      })
      const granted = (await Promise.all(asking)).filter((isGranted) => isGranted)
      assert.equal(granted.length, 3)
      assert.deepEqual(await usage(id), { used: 0, reserved: 900 })
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

    it('takes no neighbour along when one of many changes fails', async () => {
      const id = await newOrganization()
      const session = sessionOf(id)
      const { uploadSessions } = database
      const results = await Promise.allSettled([
        newSession(id),
        uploadSessions.create(id, session, hashSecret(session.fileId)),
        uploadSessions.create(id, session, hashSecret(session.fileId)),
        newSession(id),
      ])
      const statuses = results.map((result) => result.status)
      assert.deepEqual(statuses, ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
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
    objectName: session.objectName,
    generation: '1768473000000000',
    crc32c: 'AAAAAA==',
    uploadedByApiKeyId: null,
    uploadedAtMs,
  }
}
