import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { DatabaseFixture } from './fixture.conformance.ts'

/** Tests an implementation of records/jobs.ts. */
export function describeJobRecords(fixture: DatabaseFixture): void {
  it('grants the lease to one of many processes until it expires', async () => {
    const { jobs } = fixture.database
    const job = createId('org')
    const acquire = (holder: string, nowMs: number) => jobs.acquire(job, holder, nowMs, nowMs + 100)
    const leases = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => acquire(holder, 0)))
    const holder = ['a', 'b', 'c', 'd'][leases.findIndex(({ isAcquired }) => isAcquired)] ?? ''
    assert.equal(leases.filter(({ isAcquired }) => isAcquired).length, 1)
    assert.equal((await acquire(holder, 50)).isAcquired, true)
    assert.equal((await acquire('z', 149)).isAcquired, false)
    assert.equal((await acquire('z', 150)).isAcquired, true)
    await jobs.finish(job, holder, { finishedAtMs: 151, dueAtMs: 0, position: 'lost' })
    await jobs.release(job, holder, 0)
    const state = { isAcquired: false, position: null, finishedAtMs: null }
    assert.deepEqual(await acquire(holder, 160), state)
  })

  it('grants no lease before the job is due again, and returns the position of the last run', async () => {
    const { jobs } = fixture.database
    const job = createId('org')
    const acquire = (holder: string, nowMs: number) => jobs.acquire(job, holder, nowMs, nowMs + 10)
    assert.deepEqual(await acquire('a', 0), { isAcquired: true, position: null, finishedAtMs: null })
    await jobs.finish(job, 'a', { finishedAtMs: 5, dueAtMs: 100, position: 'here' })
    const state = { position: 'here', finishedAtMs: 5 }
    assert.deepEqual(await acquire('a', 99), { isAcquired: false, ...state })
    assert.deepEqual(await acquire('b', 100), { isAcquired: true, ...state })
    await jobs.release(job, 'b', 105)
    assert.deepEqual(await acquire('a', 104), { isAcquired: false, ...state })
    assert.deepEqual(await acquire('a', 105), { isAcquired: true, ...state })
  })
}
