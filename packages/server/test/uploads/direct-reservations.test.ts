import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { MIB } from './sessions.ts'

const STEP = 16 * MIB
/** Bytes that need no record. */
const UNRECORDED = MIB

describe('the reservation of a direct upload', () => {
  let app: TestApp
  before(async () => {
    app = await startApp()
  })
  after(() => app.stop())

  const reserved = async () =>
    (await app.context.database.organizations.find(app.organizationId))?.storageReservedBytes

  it('doubles up to the declared length, and is released', async () => {
    const one = app.context.reservations.open(app.organizationId, 100 * MIB)
    const room = one.roomAfter(0)
    const steps = [room.bytes()]
    while (await room.grow()) steps.push(room.bytes())
    const expected = [0, STEP, 2 * STEP, 4 * STEP].map((bytes) => UNRECORDED + bytes)
    assert.deepEqual(steps, [...expected, 100 * MIB])
    assert.equal(await reserved(), 100 * MIB - UNRECORDED)
    await one.end()
    assert.equal(await reserved(), 0)
  })

  it('grows in equal steps without a declared length', async () => {
    const one = app.context.reservations.open(app.organizationId, null)
    const room = one.roomAfter(0)
    for (let step = 1; step <= 3; step++) {
      assert.ok(await room.grow())
      assert.equal(room.bytes(), UNRECORDED + step * STEP)
    }
    await one.end()
  })

  it('takes the rest of the quota, and is exhausted by the next step', async () => {
    const { organizations } = app.context.database
    await organizations.update(app.organizationId, { storageLimitBytes: 40 * MIB }, Date.now())
    const one = app.context.reservations.open(app.organizationId, 100 * MIB)
    const room = one.roomAfter(0)
    while (await room.grow());
    assert.equal(room.bytes(), UNRECORDED + 40 * MIB)
    assert.ok(one.isExhausted())
    await one.end()
  })
})
