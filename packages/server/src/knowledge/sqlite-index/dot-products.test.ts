import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSeededRandom } from '../../../test/seeded-random.ts'
import { createRows, MAX_QUERY_CODE } from './dot-products.ts'

describe('dot products', () => {
  for (const dimensions of [1, 15, 16, 17, 384, 1_536]) {
    it(`are exact with ${dimensions} dimensions, over several blocks, and after clearing`, () => {
      const random = createSeededRandom(dimensions)
      const rowOf = (max = 127) => Int8Array.from({ length: dimensions }, () => random.integer(-max, max))
      const rows = createRows(dimensions)
      const check = (all: Int8Array[]) => {
        for (const row of all) rows.append(row)
        const query = rowOf(MAX_QUERY_CODE)
        const products: number[] = []
        rows.multiply(query, (first, block) => {
          assert.equal(first, products.length)
          products.push(...block)
        })
        assert.deepEqual(
          products,
          all.map((row) => row.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0)),
        )
      }
      check(Array.from({ length: 2_100 }, () => rowOf()))
      rows.clear()
      check(Array.from({ length: 3 }, () => rowOf()))
    })
  }

  it('are exact with the largest numbers', () => {
    const rows = createRows(384)
    const largest = [-127, 127].map((code) => new Int8Array(384).fill(code))
    for (const row of largest) rows.append(row)
    for (const code of [-MAX_QUERY_CODE, MAX_QUERY_CODE]) {
      const products: number[] = []
      rows.multiply(new Int8Array(384).fill(code), (_, block) => products.push(...block))
      assert.deepEqual(products, [-127 * code * 384, 127 * code * 384])
    }
  })
})
