import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { PageRequest } from '../../domain/page.ts'
import { type DatabaseFixture, FIRST_PAGE, keyOf, NOW_MS, organizationOf } from './fixture.conformance.ts'

/** Tests an implementation of records/installation.ts. */
export function describeInstallationRecords(fixture: DatabaseFixture): void {
  const { newOrganization } = fixture

  it('keeps the first secret of a name', async () => {
    const name = createId('ak')
    assert.equal(await fixture.database.installation.secret(name, 'first'), 'first')
    assert.equal(await fixture.database.installation.secret(name, 'second'), 'first')
  })

  it('adds an organization with its first key, and refuses a taken id', async () => {
    const id = await newOrganization(1000)
    const found = await fixture.database.organizations.find(id)
    assert.deepEqual(found, organizationOf(id, 1000))
    assert.ok(await fixture.database.installation.hasOrganizations())
    const again = fixture.database.installation.createOrganization(organizationOf(id), keyOf(id))
    assert.equal(await again, false)
  })

  it('lists organizations newest first, by page and by position', async () => {
    const ids = [await newOrganization(), await newOrganization(), await newOrganization()].reverse()
    const list = (page: Partial<PageRequest>) =>
      fixture.database.installation.listOrganizations({ ...FIRST_PAGE, limit: 1000, ...page })
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

  it('replaces a secret only when the stored one is the expected one', async () => {
    const name = createId('ak')
    const { installation } = fixture.database
    await installation.secret(name, 'first')
    assert.equal(await installation.replaceSecret(name, 'other', 'second'), false)
    assert.equal(await installation.replaceSecret(name, 'first', 'second'), true)
    assert.equal(await installation.replaceSecret(name, null, 'third'), true)
    assert.equal(await installation.secret(name, 'none'), 'third')
  })

  it('stores the latest time, which only a reset makes earlier', async () => {
    const { installation } = fixture.database
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
}
