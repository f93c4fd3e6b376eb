import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

/** Tests an implementation of records/reservations.ts. */
export function describeReservationRecords(fixture: DatabaseFixture): void {
  const { newOrganization, usage } = fixture

  it('reserves up to the quota, and converts the reservation into usage or releases it', async () => {
    const id = await newOrganization(1000)
    const { reservations } = fixture.database
    const terms = (name: string) => ({ id: `${id}-${name}`, holder: id, expiresAtMs: NOW_MS + 1000 })
    assert.equal(await reservations.raise(id, terms('one'), 600), 600)
    assert.equal(await reservations.raise(id, terms('two'), 600), 400)
    assert.equal(await reservations.raise(id, terms('two'), 600), 400)
    assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
    await reservations.release('org_other', terms('one').id)
    assert.deepEqual(await usage(id), { used: 0, reserved: 1000 })
    const file = fileOf(sessionOf(id, { sizeBytes: 500 }))
    assert.equal(await fixture.database.files.add(id, [file], terms('one').id), true)
    assert.deepEqual(await usage(id), { used: 500, reserved: 400 })
    await reservations.release(id, terms('two').id)
    await reservations.release(id, terms('two').id)
    assert.deepEqual(await usage(id), { used: 500, reserved: 0 })
  })

  it('releases reservations that their process has not renewed', async () => {
    const id = await newOrganization(1000)
    const { reservations } = fixture.database
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
}
