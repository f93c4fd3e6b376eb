import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { DatabaseFixture } from './fixture.conformance.ts'

/** The promises of records/jobs.ts, tested against one implementation. */
export function describeJobRecords(fixture: DatabaseFixture): void {
  it('gives a job to one of many that ask, until its time is over', async () => {
    const { jobs } = fixture.database
    const job = createId('org')
    const take = (holder: string, nowMs: number) => jobs.take(job, holder, nowMs, nowMs + 100)
    const asking = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => take(holder, 0)))
    const holder = ['a', 'b', 'c', 'd'][asking.findIndex(({ isTaken }) => isTaken)] ?? ''
    assert.equal(asking.filter(({ isTaken }) => isTaken).length, 1)
    assert.equal((await take(holder, 50)).isTaken, true)
    assert.equal((await take('z', 149)).isTaken, false)
    assert.equal((await take('z', 150)).isTaken, true)
    await jobs.finish(job, holder, { finishedAtMs: 151, dueAtMs: 0, position: 'lost' })
    await jobs.release(job, holder, 0)
    const state = { isTaken: false, position: null, finishedAtMs: null }
    assert.deepEqual(await take(holder, 160), state)
  })

  it('lets a job rest between its runs, and go on where the last one ended', async () => {
    const { jobs } = fixture.database
    const job = createId('org')
    const take = (holder: string, nowMs: number) => jobs.take(job, holder, nowMs, nowMs + 10)
    assert.deepEqual(await take('a', 0), { isTaken: true, position: null, finishedAtMs: null })
    await jobs.finish(job, 'a', { finishedAtMs: 5, dueAtMs: 100, position: 'here' })
    const state = { position: 'here', finishedAtMs: 5 }
    assert.deepEqual(await take('a', 99), { isTaken: false, ...state })
    assert.deepEqual(await take('b', 100), { isTaken: true, ...state })
    await jobs.release(job, 'b', 105)
    assert.deepEqual(await take('a', 104), { isTaken: false, ...state })
    assert.deepEqual(await take('a', 105), { isTaken: true, ...state })
  })
}
