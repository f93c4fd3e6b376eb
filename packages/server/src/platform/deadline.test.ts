import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withDeadline } from './deadline.ts'

const PENDING = new Promise<never>(() => {})

describe('withDeadline', () => {
  it('resolves as the promise does', async () => {
    assert.equal(await withDeadline(60_000, Promise.resolve('done')), 'done')
  })

  it('rejects as the promise does', async () => {
    await assert.rejects(withDeadline(60_000, Promise.reject(new Error('refused'))), /^Error: refused$/)
  })

  it('rejects when the promise is pending for too long', async () => {
    await assert.rejects(withDeadline(1, PENDING), /^Error: no response within 1 ms$/)
  })

  it('rejects with the error of the caller', async () => {
    await assert.rejects(
      withDeadline(1, PENDING, () => new RangeError('too slow')),
      RangeError,
    )
  })

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await withDeadline(60_000, Promise.resolve())
    assert.equal(timers(), before)
  })
})
