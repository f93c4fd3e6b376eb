import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { mapInParallel } from './map-in-parallel.ts'

describe('work on many items', () => {
  it('returns the results in the order of the items, and works on a limited number at a time', async () => {
    let running = 0
    let most = 0
    const results = await mapInParallel(3, [5, 1, 4, 2, 3], async (item, index) => {
      most = Math.max(most, ++running)
      for (let turns = 0; turns < item; turns++) await turn()
      running--
      return `${index}:${item}`
    })
    assert.deepEqual(results, ['0:5', '1:1', '2:4', '3:2', '4:3'])
    assert.equal(most, 3)
  })

  it('begins nothing after an error, and waits for what has begun', async () => {
    const ended: number[] = []
    const work = mapInParallel(2, [1, 2, 3, 4], async (item) => {
      if (item === 1) throw new Error('the first one fails')
      await turn()
      ended.push(item)
    })
    await assert.rejects(work, /the first one fails/)
    assert.deepEqual(ended, [2])
  })
})
