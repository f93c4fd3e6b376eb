import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hashSecret } from '../../domain/access/api-key.ts'
import { createAccessKeyId } from '../../domain/access/s3-credentials.ts'
import { createId } from '../../domain/ids.ts'
import { type DatabaseFixture, keyOf, NOW_MS } from './fixture.conformance.ts'

/** Tests an implementation of records/credentials.ts. */
export function describeCredentialRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newKey, newSession } = fixture

  it('finds a key by the hash of its secret, and not by another hash', async () => {
    const id = await newOrganization()
    const key = await fixture.database.credentials.findApiKey(keyOf(id).secretSha256)
    assert.equal(key?.organizationId, id)
    assert.deepEqual(key?.scopes, ['files:read', 'admin'])
    assert.equal(key?.state, 'active')
    assert.equal(await fixture.database.credentials.findApiKey(hashSecret('another')), null)
  })

  it('finds a key by its S3 credentials until they end, and has one pair of a key', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { id: keyId } = await newKey(id)
    const { apiKeys, credentials } = fixture.database
    const [first, second] = [createAccessKeyId(), createAccessKeyId()]
    assert.equal(await apiKeys.setS3AccessKeyId(otherId, keyId, first), null)
    assert.equal((await apiKeys.setS3AccessKeyId(id, keyId, first))?.id, keyId)
    assert.equal((await credentials.findApiKeyOfS3(first))?.id, keyId)
    await apiKeys.setS3AccessKeyId(id, keyId, second)
    assert.equal(await credentials.findApiKeyOfS3(first), null)
    assert.equal((await credentials.findApiKeyOfS3(second))?.isOrganizationActive, true)
    await apiKeys.setS3AccessKeyId(id, keyId, null)
    assert.equal(await credentials.findApiKeyOfS3(second), null)
  })

  it('revokes the links of a key, also of a deleted one, but not in another organization', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { id: keyId } = await newKey(id)
    const below = async (organizationId: string) =>
      (await fixture.database.credentials.findLinkRules(organizationId, keyId))?.revokedBelow
    assert.equal(await below(id), 0)
    const { apiKeys } = fixture.database
    const links = { endsSessions: false, revokesLinks: true }
    await apiKeys.setState(id, keyId, 'deactivate', NOW_MS, links)
    assert.equal(await below(id), 1)
    await apiKeys.setState(id, keyId, 'deactivate', NOW_MS, { endsSessions: true, revokesLinks: false })
    assert.equal(await below(id), 1)
    await apiKeys.delete(id, keyId, NOW_MS, links)
    assert.deepEqual([await below(id), await below(otherId)], [3, 0])
    assert.equal(await fixture.database.credentials.findLinkRules(createId('org'), keyId), null)
  })

  it('returns with each credential if its organization is suspended', async () => {
    const id = await newOrganization()
    const { secretSha256 } = await newKey(id, { secretSha256: hashSecret(`key of ${id}`) })
    const session = await newSession(id)
    const { credentials } = fixture.database
    for (const isActive of [false, true]) {
      assert.equal(
        (await fixture.database.organizations.update(id, { isActive }, NOW_MS))?.isActive,
        isActive,
      )
      const found = await Promise.all([
        credentials.findApiKey(secretSha256),
        credentials.findUploadSession(hashSecret(session.fileId)),
        credentials.findLinkRules(id, null),
      ])
      for (const one of found) assert.equal(one?.isOrganizationActive, isActive)
    }
  })
}
