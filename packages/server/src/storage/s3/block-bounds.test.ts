import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blockAt, blockBounds, joinRuns } from './block-bounds.ts'

const MIB = 1024 * 1024

describe('the blocks of an object', () => {
  it('have 1 MiB, except for the last one', () => {
    assert.deepEqual(blockBounds({ sizeBytes: 2 * MIB + 1, runs: null }), [0, MIB, 2 * MIB, 2 * MIB + 1])
    assert.deepEqual(blockBounds({ sizeBytes: MIB, runs: null }), [0, MIB])
    assert.deepEqual(blockBounds({ sizeBytes: 0, runs: null }), [0])
  })

  it('begin anew with each run', () => {
    const bounds = blockBounds({ sizeBytes: MIB + 15, runs: [10, MIB + 5] })
    assert.deepEqual(bounds, [0, 10, MIB + 10, MIB + 15])
  })

  it('are found by each of their positions', () => {
    const bounds = blockBounds({ sizeBytes: MIB + 15, runs: [10, MIB + 5] })
    const positions = [0, 9, 10, MIB + 9, MIB + 10, MIB + 14]
    assert.deepEqual(
      positions.map((position) => blockAt(bounds, position)),
      [0, 0, 1, 1, 2, 2],
    )
  })

  it('go on in the next run when the one before ends with a complete block', () => {
    assert.equal(joinRuns([8 * MIB, 8 * MIB, 7]), null)
    assert.equal(joinRuns([0, 5, 0]), null)
    assert.deepEqual(joinRuns([MIB, 3, 0, 2 * MIB, 4]), [MIB + 3, 2 * MIB + 4])
  })
})
