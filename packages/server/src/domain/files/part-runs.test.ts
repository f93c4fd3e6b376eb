import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partCountOf, partPlace, partRunsOf, partsAfter } from './part-runs.ts'

describe('runs of parts', () => {
  const runs = partRunsOf([5, 5, 5, 2, 5]) ?? []

  it('count parts of one size together', () => {
    assert.deepEqual(runs, [
      [3, 5],
      [1, 2],
      [1, 5],
    ])
    assert.equal(partCountOf(runs), 5)
  })

  for (const [number, start, end] of [
    [1, 0, 4],
    [3, 10, 14],
    [4, 15, 16],
    [5, 17, 21],
  ] as const) {
    it(`place part ${number} at ${start}-${end}`, () => {
      assert.deepEqual(partPlace(runs, number), { start, end, partCount: 5 })
    })
  }

  it('place no part behind the last one', () => {
    assert.equal(partPlace(runs, 6), null)
    assert.equal(partPlace([], 1), null)
  })

  it('are not kept for sizes that differ too often', () => {
    assert.equal(partRunsOf(Array.from({ length: 501 }, (_, index) => index)), null)
    assert.equal(partRunsOf(Array.from({ length: 10_000 }, () => 1))?.length, 1)
  })

  it('give pages of parts', () => {
    assert.deepEqual(partsAfter(runs, 2, 2), [
      { number: 3, sizeBytes: 5 },
      { number: 4, sizeBytes: 2 },
    ])
    assert.deepEqual(partsAfter(runs, 5, 10), [])
  })
})
