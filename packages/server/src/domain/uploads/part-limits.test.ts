import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partsProblem, spareBytesOf } from './part-limits.ts'

const MIB = 1024 * 1024
const partsOf = (count: number, sizeBytes: number) => Array.from({ length: count }, () => ({ sizeBytes }))

describe('the limits of parts', () => {
  const ROWS: readonly (readonly [count: number, sizeBytes: number, isRefused: boolean])[] = [
    [0, 1, false],
    [999, 1, false],
    [1000, 1, true],
    [1000, MIB - 1, true],
    [1000, MIB, false],
    [9999, MIB, false],
  ]
  for (const [count, sizeBytes, isRefused] of ROWS) {
    it(`${isRefused ? 'refuse' : 'admit'} another part after ${count} of ${sizeBytes} bytes`, () => {
      assert.equal(partsProblem(partsOf(count, sizeBytes)) !== null, isRefused)
    })
  }

  it('let stored parts exceed the upload by 1 GiB, or by its size', () => {
    assert.equal(spareBytesOf(11, partsOf(1, 5)), 11 + 1024 * MIB - 5)
    assert.equal(spareBytesOf(5000 * MIB, partsOf(3, 1000 * MIB)), 7000 * MIB)
  })
})
