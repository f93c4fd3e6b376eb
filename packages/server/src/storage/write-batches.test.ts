import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PAGE_BYTES } from '../platform/page-memory.ts'
import { createBufferPool, NO_POOL, POOLED_BYTES } from './buffer-pool.ts'
import { createWriteBatches, type WriteBatchesOptions } from './write-batches.ts'

const MIB = 1024 * 1024
/** Size of the buffers of a fast body. */
const PIECE_BYTES = 64 * 1024

const budget = (limitBytes = 64 * MIB) => ({ heldBytes: 0, limitBytes })

const open = (options: Partial<WriteBatchesOptions>) =>
  createWriteBatches({
    budget: budget(),
    pool: NO_POOL,
    position: 0,
    endPosition: Number.MAX_SAFE_INTEGER,
    write: async () => {},
    onRoom: () => {},
    ...options,
  })

/** Numbered bytes, so that bytes in the wrong place are visible. */
function numbered(bytes: number): Buffer {
  const all = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) all.writeUInt32LE(at, at)
  return all
}

/** Adds the bytes in pieces, each with memory of its own. */
function addAll(batches: ReturnType<typeof open>, bytes: Buffer, pieceBytes = PIECE_BYTES): void {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    batches.add(Buffer.from(Uint8Array.from(bytes.subarray(at, at + pieceBytes)).buffer))
  }
}

/** A disk whose writes end when they are told to. */
function createSlowDisk() {
  const written: Buffer[] = []
  const ends: (() => void)[] = []
  return {
    written,
    bytes: () => Buffer.concat(written),
    write: (buffers: Buffer[]) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      ends.push(() => {
        written.push(Buffer.concat(buffers))
        resolve()
      })
      return promise
    },
    endNext: () => ends.shift()?.(),
    inFlight: () => ends.length,
  }
}

describe('write batches', () => {
  it('release the memory of a buffer after it is written', async () => {
    const buffer = Buffer.alloc(100_000, 7)
    let seen = 0
    const batches = open({
      write: async ([written]) => {
        seen = written?.at(-1) ?? 0
      },
    })
    batches.add(buffer)
    assert.equal(buffer.length, 100_000)
    await batches.finish()
    assert.equal(seen, 7)
    assert.equal(buffer.length, 0)
  })

  it('do not release a buffer that is a part of a larger one', async () => {
    const larger = Buffer.alloc(100_000, 7)
    const batches = open({})
    batches.add(larger.subarray(10, 20))
    await batches.finish()
    assert.equal(larger[15], 7)
  })

  it('release buffers that could not be written, and no longer count them', async () => {
    const held = budget()
    const buffer = Buffer.alloc(100_000)
    const batches = open({ budget: held, write: () => Promise.reject(new Error('no disk')) })
    batches.add(buffer)
    await assert.rejects(batches.finish(), /no disk/)
    assert.deepEqual([buffer.length, held.heldBytes], [0, 0])
  })

  it('copy a fast body to buffers of the pool, and release its buffers at once', async () => {
    const held = budget()
    const buffer = Buffer.alloc(PIECE_BYTES)
    const batches = open({ budget: held, pool: createBufferPool(MIB) })
    batches.add(buffer)
    assert.deepEqual([buffer.length, held.heldBytes], [0, 0])
    await batches.finish()
  })

  it('keep the buffers of a slow body, which need none of the pool', async () => {
    const buffer = Buffer.alloc(1000)
    const batches = open({ pool: createBufferPool(MIB) })
    batches.add(buffer)
    assert.equal(buffer.length, 1000)
    await batches.finish()
  })

  const positions = [0, 1, PAGE_BYTES, PAGE_BYTES + 1, POOLED_BYTES - 1, MIB + 100]
  const pieces = [PIECE_BYTES, 65_423, 17_000, 300_000]
  for (const position of positions) {
    for (const pieceBytes of pieces) {
      it(`write pieces of ${pieceBytes} bytes from ${position} on in batches that end where a buffer of the pool ends`, async () => {
        const bytes = numbered(5 * MIB)
        const disk: Buffer[] = []
        const ends: number[] = []
        let at = position
        const batches = open({
          position,
          pool: createBufferPool(16 * MIB),
          write: async (buffers, length) => {
            disk.push(Buffer.concat(buffers))
            at += length
            ends.push(at)
          },
        })
        addAll(batches, bytes, pieceBytes)
        await batches.finish()
        assert.ok(Buffer.concat(disk).equals(bytes))
        assert.ok(ends.slice(0, -1).every((end) => end % POOLED_BYTES === 0))
      })
    }
  }

  it('become smaller at the end of a body, because its answer waits for the last one', async () => {
    const lengths: number[] = []
    const batches = open({
      endPosition: 4 * MIB,
      pool: createBufferPool(16 * MIB),
      write: async (_buffers, length) => {
        lengths.push(length / MIB)
      },
    })
    addAll(batches, numbered(4 * MIB))
    assert.deepEqual(lengths, [2, 1, 0.5, 0.25, 0.25])
    await batches.finish()
  })

  it('of several fast bodies share the buffers of a pool that is too small for all', async () => {
    const pool = createBufferPool(2 * POOLED_BYTES)
    const uploads = [1, 2, 3].map((number) => {
      const bytes = numbered(2 * MIB).fill(number, MIB)
      const disk = createSlowDisk()
      return { bytes, disk, batches: open({ pool, write: disk.write }) }
    })
    for (const { batches, bytes } of uploads) addAll(batches, bytes)
    assert.ok(uploads.every(({ batches }) => batches.isFull()))
    const finished = Promise.all(uploads.map(({ batches }) => batches.finish()))
    for (let turn = 0; turn < 200; turn++) {
      for (const { disk } of uploads) disk.endNext()
      await new Promise(setImmediate)
    }
    await finished
    assert.ok(uploads.every(({ bytes, disk }) => disk.bytes().equals(bytes)))
    assert.ok(uploads.every(({ batches }) => !batches.isFull()))
    assert.ok(pool.take() && pool.take())
  })

  it('keep the buffers of a fast body where the system has no memory for the pool', async () => {
    const held = budget()
    const buffer = Buffer.alloc(PIECE_BYTES)
    const batches = open({ budget: held, pool: createBufferPool(MIB, () => null) })
    batches.add(buffer)
    assert.deepEqual([buffer.length, held.heldBytes], [PIECE_BYTES, PIECE_BYTES])
    await batches.finish()
    assert.deepEqual([buffer.length, held.heldBytes], [0, 0])
  })

  it('need no buffer of the pool for a body that has become slow', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const pool = createBufferPool(POOLED_BYTES)
    const disk: Buffer[] = []
    const batches = open({
      pool,
      write: async (buffers) => {
        disk.push(Buffer.concat(buffers))
      },
    })
    const bytes = numbered(4 * PIECE_BYTES)
    addAll(batches, bytes.subarray(0, 2 * PIECE_BYTES))
    t.mock.timers.tick(1000)
    await new Promise(setImmediate)
    addAll(batches, bytes.subarray(2 * PIECE_BYTES))
    assert.ok(pool.take())
    await batches.finish()
    assert.ok(Buffer.concat(disk).equals(bytes))
  })

  it('give the buffers back that could not be written', async () => {
    const pool = createBufferPool(POOLED_BYTES)
    const batches = open({ pool, write: () => Promise.reject(new Error('no disk')) })
    addAll(batches, Buffer.alloc(MIB))
    await assert.rejects(batches.finish(), /no disk/)
    assert.ok(pool.take())
  })
})
