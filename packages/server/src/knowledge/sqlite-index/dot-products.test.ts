import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSeededRandom } from '../../../test/seeded-random.ts'
import { createRows } from './dot-products.ts'

describe('dot products', () => {
  for (const dimensions of [1, 15, 16, 17, 384, 1_536]) {
    it(`are exact with ${dimensions} dimensions, over several blocks, and after clearing`, () => {
      const random = createSeededRandom(dimensions)
      const rowOf = () => Int8Array.from({ length: dimensions }, () => random.integer(-127, 127))
      const rows = createRows(dimensions)
      const check = (all: Int8Array[]) => {
        for (const row of all) rows.append(row)
        const query = rowOf()
        const products: number[] = []
        rows.multiply(query, (row, product) => {
          products[row] = product
        })
        assert.deepEqual(
          products,
          all.map((row) => row.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0)),
        )
      }
      check(Array.from({ length: 1_100 }, rowOf))
      rows.clear()
      check(Array.from({ length: 3 }, rowOf))
    })
  }
})
