import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashSecret } from '../domain/access/api-key.ts'
import { NO_HASHES } from '../domain/uploads/upload-session.ts'
import type { Database } from './database.ts'
import { describeApiKeyRecords } from './records/api-keys.conformance.ts'
import { describeAuditRecords } from './records/audit.conformance.ts'
import { describeBucketKeys } from './records/bucket-keys.conformance.ts'
import { describeBucketRecords } from './records/buckets.conformance.ts'
import { describeConversationRecords } from './records/conversations.conformance.ts'
import { describeCredentialRecords } from './records/credentials.conformance.ts'
import { describeEventRecords } from './records/events.conformance.ts'
import { describeFileSearch } from './records/file-search.conformance.ts'
import { describeFileRecords } from './records/files.conformance.ts'
import {
  createFixture,
  FIRST_PAGE,
  fileOf,
  MAX_UNFINISHED,
  NOW_MS,
  sessionOf,
} from './records/fixture.conformance.ts'
import { describeHousekeepingRecords } from './records/housekeeping.conformance.ts'
import { describeIdempotentRequestRecords } from './records/idempotent-requests.conformance.ts'
import { describeInstallationRecords } from './records/installation.conformance.ts'
import { describeJobRecords } from './records/jobs.conformance.ts'
import { describeMemberRecords } from './records/members.conformance.ts'
import { describeOrganizationRecords } from './records/organizations.conformance.ts'
import { describeReservationRecords } from './records/reservations.conformance.ts'
import { describeResponseRecords } from './records/responses.conformance.ts'
import { describeScanRecords } from './records/scans.conformance.ts'
import { describeShareLinkRecords } from './records/share-links.conformance.ts'
import { describeTaskRecords } from './records/tasks.conformance.ts'
import { describeUploadSessionRecords } from './records/upload-sessions.conformance.ts'
import { describeVectorStoreRecords } from './records/vector-stores.conformance.ts'
import { describeWebhookRecords } from './records/webhooks.conformance.ts'

/** Tests an implementation against the interfaces in database.ts and records/. */
export function describeDatabase(
  kind: string,
  open: () => Promise<{ database: Database; remove: () => Promise<void> }>,
): void {
  describe(`database on ${kind}`, () => {
    let database: Database
    let remove: () => Promise<void>
    const fixture = createFixture(() => database)
    const { newOrganization, newSession, register, usage } = fixture
    before(async () => {
      const opened = await open()
      database = opened.database
      remove = opened.remove
    })
    after(async () => {
      await database.close()
      await remove()
    })

    it('passes its health check', async () => {
      await assert.doesNotReject(fixture.database.check())
    })

    it('returns the time of its machine when that is another one', async () => {
      const clockMs = await fixture.database.clockMs()
      assert.ok(clockMs === null || Math.abs(clockMs - Date.now()) < 60_000, String(clockMs))
    })

    it('matches no row with a text that contains NUL, and stores none', async () => {
      const id = await newOrganization()
      const { uploadSessions, files, apiKeys, organizations, housekeeping } = fixture.database
      const { fileId } = await newSession(id)
      const cut = `${fileId}\0more`
      for (const found of [
        await uploadSessions.findByFileId(id, cut),
        await uploadSessions.findByObjectName(id, cut),
        await uploadSessions.cancel(id, cut, NOW_MS),
        await uploadSessions.announce(id, cut, NO_HASHES),
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

    it('orders ids by their bytes, independent of the locale', async () => {
      const id = await newOrganization()
      const ids = ['file_B', 'file_Z', 'file__', 'file_a', 'file_b', 'file_é', 'fileZ'].map(
        (end) => `${end}${id}`,
      )
      for (const fileId of ids.toReversed()) await register(id, await newSession(id, { fileId }))
      const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const { items } = await fixture.database.files.list(id, FIRST_PAGE)
      assert.deepEqual(
        items.map((file) => file.id),
        inOrder.toReversed(),
      )
      const { files: listed } = await fixture.database.housekeeping.listFiles('', 10_000)
      assert.deepEqual(
        listed.map((file) => file.id).filter((fileId) => fileId.endsWith(id)),
        inOrder,
      )
      for (const fileId of ids) await fixture.database.files.delete(id, fileId, NOW_MS)
    })

    it('refuses a duplicate without a change, and not as an error of the service', async () => {
      const id = await newOrganization()
      const session = await newSession(id)
      const same = sessionOf(id, { objectName: session.objectName })
      const again = fixture.database.uploadSessions.create(id, same, hashSecret(same.fileId), MAX_UNFINISHED)
      await assert.rejects(again, (error: Error) => error.name !== 'ServiceError')
      assert.deepEqual(await usage(id), { used: 0, reserved: 100 })
    })

    it('hides and protects data of one organization from another', async () => {
      const owner = await newOrganization()
      const stranger = await newOrganization()
      const session = await newSession(owner)
      const registered = await register(owner, await newSession(owner))
      const { uploadSessions, files } = fixture.database
      assert.equal(await uploadSessions.findByFileId(stranger, session.fileId), null)
      assert.equal(await uploadSessions.findByObjectName(stranger, session.objectName), null)
      assert.equal(await uploadSessions.cancel(stranger, session.fileId, NOW_MS), null)
      await uploadSessions.markDead(stranger, session.fileId)
      await uploadSessions.saveProtocolState(stranger, session.fileId, '{}')
      await uploadSessions.announce(stranger, session.fileId, { ...NO_HASHES, crc32c: 'AAAAAA==' })
      assert.equal(await files.register(stranger, fileOf(session)), null)
      assert.equal(await files.find(stranger, registered.id), null)
      assert.equal(await files.findPosition(stranger, registered.id), null)
      assert.equal(await files.delete(stranger, registered.id, NOW_MS), null)
      assert.equal((await uploadSessions.list(stranger, NOW_MS, FIRST_PAGE)).total, 0)
      assert.equal((await files.list(stranger, FIRST_PAGE)).total, 0)
      assert.deepEqual(await uploadSessions.findByFileId(owner, session.fileId), session)
      assert.deepEqual(await files.find(owner, registered.id), registered)
    })

    it('applies concurrent changes when one of them fails', async () => {
      const id = await newOrganization()
      const session = sessionOf(id)
      const { uploadSessions } = fixture.database
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

    describeInstallationRecords(fixture)
    describeCredentialRecords(fixture)
    describeOrganizationRecords(fixture)
    describeApiKeyRecords(fixture)
    describeBucketRecords(fixture)
    describeBucketKeys(fixture)
    describeUploadSessionRecords(fixture)
    describeFileRecords(fixture)
    describe('searches of files', () => describeFileSearch(fixture))
    describeShareLinkRecords(fixture)
    describeScanRecords(fixture)
    describeHousekeepingRecords(fixture)
    describeReservationRecords(fixture)
    describeAuditRecords(fixture)
    describeJobRecords(fixture)
    describeIdempotentRequestRecords(fixture)
    describeTaskRecords(fixture)
    describeVectorStoreRecords(fixture)
    describeConversationRecords(fixture)
    describeResponseRecords(fixture)
    describeWebhookRecords(fixture)
    describeMemberRecords(fixture)
    describeEventRecords(fixture)
  })
}
