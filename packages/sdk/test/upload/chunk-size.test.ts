import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CHUNK_QUANTUM_BYTES, createChunkSize } from '../../src/upload/chunk-size.ts'

const MIB = 1024 ** 2
const LIMITS = { firstBytes: 16 * MIB, maxBytes: 1024 * MIB, targetMs: 4000 }
const isWhole = (bytes: number) => bytes % CHUNK_QUANTUM_BYTES === 0 && bytes > 0

describe('the size of the next chunk', () => {
  it('grows with the speed, not at once, and up to a limit', () => {
    const size = createChunkSize(LIMITS)
    const first = size.bytes()
    const sizes = Array.from({ length: 5 }, () => {
      size.measured(size.bytes(), size.bytes() / ((500 * MIB) / 1000))
      return size.bytes()
    })
    assert.ok(sizes.every(isWhole))
    assert.equal(sizes[0], first * 8)
    assert.equal(sizes.at(-1), 1024 * MIB)
  })

  it('shrinks to what a slow network takes in some seconds, and never below a quarter of a MiB', () => {
    const size = createChunkSize(LIMITS)
    size.measured(16 * MIB, 60_000)
    assert.ok(isWhole(size.bytes()) && size.bytes() < 2 * MIB)
    for (let failures = 0; failures < 30; failures++) size.failed()
    assert.equal(size.bytes(), CHUNK_QUANTUM_BYTES)
  })

  it('halves after a failure', () => {
    const size = createChunkSize(LIMITS)
    size.failed()
    assert.equal(size.bytes(), 8 * MIB)
  })
})
