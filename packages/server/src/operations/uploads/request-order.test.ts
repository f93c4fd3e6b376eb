import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRequestOrder } from './request-order.ts'

describe('RequestOrder', () => {
  it('refuses a request after a newer one has entered', () => {
    const requestOrder = createRequestOrder()
    const [older, newer] = [requestOrder.arrive('upload'), requestOrder.arrive('upload')]
    assert.equal(newer.enter(), true)
    assert.equal(older.enter(), false)
  })

  it('lets requests enter in the order of their arrival, repeatedly', () => {
    const requestOrder = createRequestOrder()
    const [older, newer] = [requestOrder.arrive('upload'), requestOrder.arrive('upload')]
    assert.deepEqual([older.enter(), older.enter(), newer.enter(), newer.enter()], [true, true, true, true])
  })

  it('keeps the order of each upload separate', () => {
    const requestOrder = createRequestOrder()
    const [one, other] = [requestOrder.arrive('one'), requestOrder.arrive('other')]
    assert.deepEqual([other.enter(), one.enter()], [true, true])
  })
})
