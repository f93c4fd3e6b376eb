import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { getHeapSpaceStatistics } from 'node:v8'
import { limitYoungGeneration } from './limit-young-generation.ts'

const MIB = 1024 * 1024
/** Objects of a few bytes that one turn of the event loop creates: less than the smallest young generation. */
const OBJECTS_PER_TURN = 5000

const youngBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0

/** Creates objects that live for some collections, as those of many slow connections do; returns the largest size. */
async function growTo(turns: number): Promise<number> {
  const alive: object[][] = []
  let largest = 0
  for (let turn = 0; turn < turns; turn++) {
    alive.push(Array.from({ length: OBJECTS_PER_TURN }, (_, index) => ({ turn, index })))
    if (alive.length > 40) alive.shift()
    largest = Math.max(largest, youngBytes())
    await new Promise(setImmediate)
  }
  return largest
}

describe('the young generation', () => {
  it('stays near its limit of 8 MiB, where it would grow to 128 MiB', async () => {
    limitYoungGeneration()
    // A growth that the next collection begins may be missed once.
    assert.ok((await growTo(1500)) < 32 * MIB)
  })
})
