import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRequestOrder } from './request-order.ts'

describe('RequestOrder', () => {
  it('lets no request in after one that came later', () => {
    const requestOrder = createRequestOrder()
    const [older, newer] = [requestOrder.arrive('upload'), requestOrder.arrive('upload')]
    assert.equal(newer.enter(), true)
    assert.equal(older.enter(), false)
  })

  it('lets requests in that take over in the order in which they came, and again', () => {
    const requestOrder = createRequestOrder()
    const [older, newer] = [requestOrder.arrive('upload'), requestOrder.arrive('upload')]
    assert.deepEqual([older.enter(), older.enter(), newer.enter(), newer.enter()], [true, true, true, true])
  })

  it('lets nobody wait for another upload', () => {
    const requestOrder = createRequestOrder()
    const [one, other] = [requestOrder.arrive('one'), requestOrder.arrive('other')]
    assert.deepEqual([other.enter(), one.enter()], [true, true])
  })
})
