import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hashSecret } from '../../domain/access/api-key.ts'
import { createId } from '../../domain/ids.ts'
import {
  type DatabaseFixture,
  MAX_UNFINISHED,
  NOW_MS,
  organizationOf,
  sessionOf,
} from './fixture.conformance.ts'

/** Tests an implementation of records/organizations.ts. */
export function describeOrganizationRecords(fixture: DatabaseFixture): void {
  const { newOrganization, newSession, register, usage } = fixture

  it('changes the given columns of one organization only', async () => {
    const [id, other] = [await newOrganization(1000), await newOrganization(1000)]
    const { organizations } = fixture.database
    const renamed = await organizations.update(id, { name: 'Neu' }, NOW_MS + 1)
    assert.deepEqual(renamed, { ...organizationOf(id, 1000), name: 'Neu', updatedAtMs: NOW_MS + 1 })
    const unlimited = await organizations.update(id, { storageLimitBytes: null }, NOW_MS + 2)
    assert.deepEqual(unlimited, { ...renamed, storageLimitBytes: null, updatedAtMs: NOW_MS + 2 })
    assert.deepEqual(await organizations.find(id), unlimited)
    assert.deepEqual(await organizations.find(other), organizationOf(other, 1000))
    assert.equal(await organizations.update(createId('org'), { name: 'X' }, NOW_MS), null)
  })

  it('accepts a limit below the usage, and then reserves nothing', async () => {
    const id = await newOrganization(1000)
    await register(id, await newSession(id, { sizeBytes: 500 }))
    await fixture.database.organizations.update(id, { storageLimitBytes: 100 }, NOW_MS)
    assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
    const session = sessionOf(id, { sizeBytes: 1 })
    const { uploadSessions } = fixture.database
    assert.equal(await uploadSessions.create(id, session, hashSecret(session.fileId), MAX_UNFINISHED), false)
  })
}
