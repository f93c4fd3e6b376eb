import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createWriteBatches } from './write-batches.ts'

const budget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const ignoreRoom = () => {}

describe('write batches', () => {
  it('release the memory of a buffer after it is written', async () => {
    const buffer = Buffer.alloc(100_000, 7)
    let seen = 0
    const batches = createWriteBatches(
      budget(),
      async ([written]) => {
        seen = written?.at(-1) ?? 0
      },
      ignoreRoom,
    )
    batches.add(buffer)
    assert.equal(buffer.length, 100_000)
    await batches.finish()
    assert.equal(seen, 7)
    assert.equal(buffer.length, 0)
  })

  it('do not release a buffer that is a part of a larger one', async () => {
    const larger = Buffer.alloc(100_000, 7)
    const batches = createWriteBatches(budget(), async () => {}, ignoreRoom)
    batches.add(larger.subarray(10, 20))
    await batches.finish()
    assert.equal(larger[15], 7)
  })

  it('release buffers that could not be written, and no longer count them', async () => {
    const held = budget()
    const buffer = Buffer.alloc(100_000)
    const batches = createWriteBatches(held, () => Promise.reject(new Error('no disk')), ignoreRoom)
    batches.add(buffer)
    await assert.rejects(batches.finish(), /no disk/)
    assert.deepEqual([buffer.length, held.heldBytes], [0, 0])
  })
})
