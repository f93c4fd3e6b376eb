import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createWriteBatches } from './write-batches.ts'

const budget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const noRoom = () => {}

describe('write batches', () => {
  it('give a buffer’s memory back once it is written, and not before', async () => {
    const buffer = Buffer.alloc(100_000, 7)
    let seen = 0
    const batches = createWriteBatches(
      budget(),
      async ([written]) => {
        seen = written?.at(-1) ?? 0
      },
      noRoom,
    )
    batches.add(buffer)
    assert.equal(buffer.length, 100_000)
    await batches.finish()
    assert.equal(seen, 7)
    assert.equal(buffer.length, 0)
  })

  it('leave a buffer alone that is a part of a larger one', async () => {
    const whole = Buffer.alloc(100_000, 7)
    const batches = createWriteBatches(budget(), async () => {}, noRoom)
    batches.add(whole.subarray(10, 20))
    await batches.finish()
    assert.equal(whole[15], 7)
  })

  it('give the memory back of what could not be written, and count it no more', async () => {
    const held = budget()
    const buffer = Buffer.alloc(100_000)
    const batches = createWriteBatches(held, () => Promise.reject(new Error('no disk')), noRoom)
    batches.add(buffer)
    await assert.rejects(batches.finish(), /no disk/)
    assert.deepEqual([buffer.length, held.heldBytes], [0, 0])
  })
})
