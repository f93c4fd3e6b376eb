import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { createBatches } from './batches.ts'

/** Creates batches that double numbers. A batch fails completely when one of its numbers is negative. */
function doubling(maxItems: number, maxInFlight = 1) {
  const sent: (readonly number[])[] = []
  const double = createBatches<number, number>({
    maxItems,
    maxInFlight,
    send: async (numbers) => {
      sent.push(numbers)
      if (numbers.some((one) => one < 0)) throw new RangeError('a number is negative')
      return numbers.map((one) => one * 2)
    },
  })
  return { double, sent }
}

describe('batches', () => {
  it('send items that arrive together in one batch, and return each its own result', async () => {
    const { double, sent } = doubling(10)
    assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6])
    assert.deepEqual(sent, [[1, 2, 3]])
  })

  it('limit the size of a batch and keep the order of arrival', async () => {
    const { double, sent } = doubling(2)
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(double)), [2, 4, 6, 8, 10])
    assert.deepEqual(sent, [[1, 2], [3, 4], [5]])
  })

  it('limit the batches in flight, and collect items meanwhile', async () => {
    let inFlight = 0
    let most = 0
    const send = async (items: readonly number[]) => {
      most = Math.max(most, ++inFlight)
      await new Promise(setImmediate)
      await new Promise(setImmediate)
      inFlight--
      return items
    }
    const echo = createBatches<number, number>({ maxItems: 1, maxInFlight: 2, send })
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(echo)), [1, 2, 3, 4, 5])
    assert.equal(most, 2)
  })

  it('reject only the item that fails', async () => {
    const { double, sent } = doubling(10)
    const results = await Promise.allSettled([1, -2, 3].map(double))
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(sent, [[1, -2, 3], [1], [-2], [3]])
    assert.equal(await double(4), 8)
  })

  it('reject all items without a retry when the server cannot be used, and work again afterwards', async () => {
    let isAway = true
    let tries = 0
    const echo = createBatches<number, number>({
      maxItems: 10,
      maxInFlight: 1,
      send: async (items) => {
        tries++
        if (isAway) throw new ServiceError('SERVICE_UNAVAILABLE', 'away')
        return items
      },
    })
    const results = await Promise.allSettled([1, 2, 3].map(echo))
    assert.ok(results.every(({ status }) => status === 'rejected'))
    assert.equal(tries, 1)
    isAway = false
    assert.equal(await echo(4), 4)
  })
})
