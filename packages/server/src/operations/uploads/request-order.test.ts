import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createArrivals } from './request-order.ts'

describe('Arrivals', () => {
  it('lets no request in after one that came later', () => {
    const arrivals = createArrivals()
    const [older, newer] = [arrivals.arrive('upload'), arrivals.arrive('upload')]
    assert.equal(newer.enter(), true)
    assert.equal(older.enter(), false)
  })

  it('lets requests in that take over in the order in which they came, and again', () => {
    const arrivals = createArrivals()
    const [older, newer] = [arrivals.arrive('upload'), arrivals.arrive('upload')]
    assert.deepEqual([older.enter(), older.enter(), newer.enter(), newer.enter()], [true, true, true, true])
  })

  it('lets nobody wait for another upload', () => {
    const arrivals = createArrivals()
    const [one, other] = [arrivals.arrive('one'), arrivals.arrive('other')]
    assert.deepEqual([other.enter(), one.enter()], [true, true])
  })
})
