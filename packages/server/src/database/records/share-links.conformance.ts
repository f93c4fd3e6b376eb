import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hashSecret } from '../../domain/access/api-key.ts'
import { CONTINUATION_MS, createLinkSecret, type ShareLink } from '../../domain/files/share-link.ts'
import { createId } from '../../domain/ids.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'

const MAX_LINKS = 3
const LINKS_ONLY = { endsSessions: false, revokesLinks: true }
const DOWNLOAD = {
  nowMs: NOW_MS,
  continuesSinceMs: NOW_MS - CONTINUATION_MS,
  isLaterPart: false,
} as const

/** Tests an implementation of records/share-links.ts. */
export function describeShareLinkRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newKey, newSession, register } = fixture

  const newFile = async (organizationId: string) =>
    (await register(organizationId, await newSession(organizationId))).id
  const linkOf = (organizationId: string, fileId: string, changes: Partial<ShareLink> = {}): ShareLink => ({
    id: createId('lnk'),
    organizationId,
    fileId,
    createdBy: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
    maxDownloads: null,
    downloads: 0,
    lastDownloadAtMs: null,
    ...changes,
  })
  const newLink = async (organizationId: string, fileId: string, changes: Partial<ShareLink> = {}) => {
    const link = linkOf(organizationId, fileId, changes)
    const secretSha256 = hashSecret(createLinkSecret())
    const { shareLinks } = fixture.database
    assert.equal(await shareLinks.create(organizationId, link, secretSha256, MAX_LINKS), 'created')
    return { link, secretSha256 }
  }
  const find = (secretSha256: string) => fixture.database.credentials.findShareLink(secretSha256)
  const listIds = async (organizationId: string, fileId: string, nowMs = NOW_MS) =>
    (await fixture.database.shareLinks.list(organizationId, fileId, nowMs)).map(({ id }) => id)

  it('finds a link by the hash of its secret, with all its properties', async () => {
    const id = await newOrganization()
    const { link, secretSha256 } = await newLink(id, await newFile(id), {
      createdBy: { apiKeyId: createId('ak'), generation: 2 },
      expiresAtMs: NOW_MS + 1,
      maxDownloads: 4,
      downloads: 3,
      lastDownloadAtMs: NOW_MS - 1,
    })
    assert.deepEqual(await find(secretSha256), { ...link, isOrganizationActive: true, isRevoked: false })
    assert.equal(await find(hashSecret('another')), null)
  })

  it('adds no link to a file that is unknown, deleted or of another organization', async () => {
    const [id, strangerId] = [await newOrganization(), await newOrganization()]
    const { shareLinks, files } = fixture.database
    const fileId = await newFile(id)
    const create = (organizationId: string, link: ShareLink) =>
      shareLinks.create(organizationId, link, hashSecret(link.id), MAX_LINKS)
    assert.equal(await create(id, linkOf(id, createId('file'))), 'no-file')
    assert.equal(await create(strangerId, linkOf(strangerId, fileId)), 'no-file')
    await files.delete(id, fileId, NOW_MS)
    assert.equal(await create(id, linkOf(id, fileId)), 'no-file')
  })

  it('adds no more links to a file than allowed, also when they are created at the same time', async () => {
    const id = await newOrganization()
    const fileId = await newFile(id)
    const { shareLinks } = fixture.database
    const outcomes = await Promise.all(
      Array.from({ length: MAX_LINKS + 4 }, () => {
        const link = linkOf(id, fileId)
        return shareLinks.create(id, link, hashSecret(link.id), MAX_LINKS)
      }),
    )
    assert.equal(outcomes.filter((outcome) => outcome === 'created').length, MAX_LINKS)
    assert.equal((await listIds(id, fileId)).length, MAX_LINKS)
  })

  it('lists the links of a file, newest first, without expired and revoked ones', async () => {
    const id = await newOrganization()
    const fileId = await newFile(id)
    await newLink(id, await newFile(id))
    const key = await newKey(id)
    const createdBy = { apiKeyId: key.id, generation: 0 }
    const older = await newLink(id, fileId, { createdAtMs: NOW_MS - 1, expiresAtMs: NOW_MS + 1 })
    const newer = await newLink(id, fileId, { maxDownloads: 1, downloads: 1 })
    const revoked = await newLink(id, fileId, { createdAtMs: NOW_MS - 2, createdBy })
    assert.deepEqual(await listIds(id, fileId), [newer.link.id, older.link.id, revoked.link.id])
    await fixture.database.apiKeys.delete(id, key.id, NOW_MS, LINKS_ONLY)
    assert.deepEqual(await listIds(id, fileId), [newer.link.id, older.link.id])
    assert.deepEqual(await listIds(id, fileId, NOW_MS + 1), [newer.link.id])
  })

  it('hides and protects links of one organization and file from others', async () => {
    const [id, strangerId] = [await newOrganization(), await newOrganization()]
    const [fileId, otherFileId] = [await newFile(id), await newFile(id)]
    const { link, secretSha256 } = await newLink(id, fileId)
    const { shareLinks } = fixture.database
    assert.deepEqual(await listIds(strangerId, fileId), [])
    assert.equal(await shareLinks.delete(strangerId, fileId, link.id), false)
    assert.equal(await shareLinks.delete(id, otherFileId, link.id), false)
    assert.equal(await shareLinks.countDownload(strangerId, link.id, DOWNLOAD), false)
    assert.equal((await find(secretSha256))?.downloads, 0)
    assert.equal(await shareLinks.delete(id, fileId, link.id), true)
    assert.equal(await shareLinks.delete(id, fileId, link.id), false)
    assert.equal(await find(secretSha256), null)
  })

  it('counts no more downloads than allowed, also at the same time', async () => {
    const id = await newOrganization()
    const { link, secretSha256 } = await newLink(id, await newFile(id), { maxDownloads: 3 })
    const { shareLinks } = fixture.database
    const counted = await Promise.all(
      Array.from({ length: 9 }, () => shareLinks.countDownload(id, link.id, DOWNLOAD)),
    )
    assert.equal(counted.filter(Boolean).length, 3)
    const found = await find(secretSha256)
    assert.deepEqual([found?.downloads, found?.lastDownloadAtMs], [3, NOW_MS])
  })

  it('counts a later part only when it does not continue a counted download', async () => {
    const id = await newOrganization()
    const { link, secretSha256 } = await newLink(id, await newFile(id), { maxDownloads: 2 })
    const { shareLinks } = fixture.database
    const countPart = async (afterMs: number) => {
      const nowMs = NOW_MS + afterMs
      const part = { nowMs, continuesSinceMs: nowMs - CONTINUATION_MS, isLaterPart: true }
      const isAllowed = await shareLinks.countDownload(id, link.id, part)
      return [isAllowed, (await find(secretSha256))?.downloads]
    }
    assert.deepEqual(await countPart(0), [true, 1])
    assert.deepEqual(await countPart(CONTINUATION_MS - 1), [true, 1])
    assert.deepEqual(await countPart(CONTINUATION_MS), [true, 2])
    assert.deepEqual(await countPart(2 * CONTINUATION_MS - 1), [true, 2])
    assert.deepEqual(await countPart(2 * CONTINUATION_MS), [false, 2])
  })

  it('allows all parts of one download that are requested at the same time', async () => {
    const id = await newOrganization()
    const { link, secretSha256 } = await newLink(id, await newFile(id), { maxDownloads: 1 })
    const part = { ...DOWNLOAD, isLaterPart: true }
    const { shareLinks } = fixture.database
    const allowed = await Promise.all(
      Array.from({ length: 6 }, () => shareLinks.countDownload(id, link.id, part)),
    )
    assert.deepEqual(new Set(allowed), new Set([true]))
    assert.equal((await find(secretSha256))?.downloads, 1)
  })

  it('counts no download of an expired link', async () => {
    const id = await newOrganization()
    const { link } = await newLink(id, await newFile(id), { expiresAtMs: NOW_MS })
    assert.equal(await fixture.database.shareLinks.countDownload(id, link.id, DOWNLOAD), false)
  })

  it('revokes the links of earlier generations of a key, and keeps the revocation until they are deleted', async () => {
    const id = await newOrganization()
    const fileId = await newFile(id)
    const { id: apiKeyId } = await newKey(id)
    const revoked = await newLink(id, fileId, { createdBy: { apiKeyId, generation: 0 } })
    const { apiKeys, housekeeping, shareLinks } = fixture.database
    await apiKeys.setState(id, apiKeyId, 'deactivate', NOW_MS, LINKS_ONLY)
    const later = await newLink(id, fileId, { createdBy: { apiKeyId, generation: 1 } })
    assert.equal((await find(revoked.secretSha256))?.isRevoked, true)
    assert.equal((await find(later.secretSha256))?.isRevoked, false)

    await housekeeping.forgetRevocations(NOW_MS + 1, 1000)
    assert.equal((await find(revoked.secretSha256))?.isRevoked, true)
    await shareLinks.deleteEnded(NOW_MS, NOW_MS, 1000)
    assert.equal(await find(revoked.secretSha256), null)
    assert.equal((await find(later.secretSha256))?.isRevoked, false)
    await housekeeping.forgetRevocations(NOW_MS + 1, 1000)
    assert.equal((await fixture.database.credentials.findLinkRules(id, apiKeyId))?.revokedBelow, 0)
  })

  it('deletes expired links, and used-up ones after a while', async () => {
    const id = await newOrganization()
    const fileId = await newFile(id)
    const { shareLinks } = fixture.database
    await shareLinks.deleteEnded(NOW_MS + 10, NOW_MS, 1000)
    const usedUp = { maxDownloads: 1, downloads: 1 }
    await newLink(id, fileId, { expiresAtMs: NOW_MS + 10 })
    await newLink(id, fileId, { ...usedUp, lastDownloadAtMs: NOW_MS - 1 })
    const kept = await newLink(id, fileId, { ...usedUp, lastDownloadAtMs: NOW_MS })
    assert.equal(await shareLinks.deleteEnded(NOW_MS + 10, NOW_MS, 1), 1)
    assert.equal(await shareLinks.deleteEnded(NOW_MS + 10, NOW_MS, 1000), 1)
    assert.deepEqual(await listIds(id, fileId), [kept.link.id])
  })

  it('deletes the links together with the row of their file', async () => {
    const id = await newOrganization()
    const fileId = await newFile(id)
    const { secretSha256 } = await newLink(id, fileId)
    await fixture.database.files.delete(id, fileId, NOW_MS)
    await fixture.database.housekeeping.forgetDeletedFiles(NOW_MS + 1, 1000)
    assert.equal(await find(secretSha256), null)
  })
}
