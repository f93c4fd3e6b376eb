import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { memoryFolder } from '../../../test/memory-folder.ts'
import type { HostedStorage } from '../object-storage.ts'
import { openDiskStorage } from './disk-storage.ts'
import { nodeFileSystem } from './node-file-system.ts'

const MAX_BYTES = 64 * 1024
const BYTES = randomBytes(60_000)

describe('a small write to the disk', () => {
  const budget = { heldBytes: 0, limitBytes: 3 * MAX_BYTES }
  let folder: string
  let storage: HostedStorage
  /** Resolves when the storage creates the next file. */
  let created = Promise.withResolvers<void>()
  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-disk-'))
    const fs: typeof nodeFileSystem = {
      ...nodeFileSystem,
      open: (path, mode) => {
        if (mode === 'create') created.resolve()
        return nodeFileSystem.open(path, mode)
      },
    }
    storage = await openDiskStorage(folder, budget, { fs })
  })
  beforeEach(() => {
    created = Promise.withResolvers()
  })
  after(async () => {
    await storage.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Begins a write whose body has the first bytes, and stays open until the rest is sent. */
  const begin = (first: Buffer) => {
    const name = randomBytes(8).toString('hex')
    const body = new Readable({ read() {} })
    if (first.length > 0) body.push(Buffer.from(first))
    const writing = storage.write({ name, contentType: 'text/plain' }, body, MAX_BYTES)
    const end = async (rest: Buffer) => {
      body.push(Buffer.from(rest))
      body.push(null)
      const written = await writing
      assert.ok(written.kind === 'object', written.kind)
      assert.deepEqual(written.object, await storage.stat(name))
      return { content: written.content, stored: await buffer(await storage.read(name)) }
    }
    return { body, writing, end }
  }

  it('reserves the memory of its whole body before the first byte', async () => {
    const writes = Array.from({ length: 5 }, () => begin(Buffer.alloc(0)))
    assert.equal(budget.heldBytes, 3 * MAX_BYTES)
    const results = await Promise.all(writes.map((write) => write.end(BYTES)))
    for (const { stored } of results) assert.ok(BYTES.equals(stored))
    assert.equal(budget.heldBytes, 0)
  })

  it('has its bytes in memory while the budget has room, and stores the same object without', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => begin(BYTES).end(Buffer.alloc(0))))
    assert.deepEqual(
      results.map(({ content }) => content !== null),
      [true, true, true, false, false],
    )
    for (const { content, stored } of results) {
      assert.ok(BYTES.equals(stored))
      assert.ok(content === null || BYTES.equals(content))
    }
  })

  it('keeps no memory reserved for a slow body, and loses none of its bytes', async () => {
    const { body, end } = begin(BYTES.subarray(0, 1000))
    body.push(Buffer.from(BYTES.subarray(1000, 1500)))
    await created.promise
    assert.equal(budget.heldBytes, 0)
    const { content, stored } = await end(BYTES.subarray(1500))
    assert.equal(content, null)
    assert.ok(BYTES.equals(stored))
  })

  it('goes on without a byte of a slow body', async () => {
    const { end } = begin(Buffer.alloc(0))
    await created.promise
    assert.ok(BYTES.equals((await end(BYTES)).stored))
  })

  for (const [what, first, kind] of [
    ['is cut', BYTES, 'interrupted'],
    ['is too long', randomBytes(MAX_BYTES + 1), 'too-long'],
  ] as const) {
    it(`releases the memory of a body that ${what}`, async () => {
      const { body, writing } = begin(first)
      if (kind === 'interrupted') body.destroy()
      assert.deepEqual(await writing, { kind })
      assert.equal(budget.heldBytes, 0)
    })
  }

  it('stores a body of many small chunks', async () => {
    const { body, end } = begin(Buffer.alloc(0))
    for (let at = 0; at < 2000; at++) body.push(Buffer.from(BYTES.subarray(at, at + 1)))
    const { content, stored } = await end(BYTES.subarray(2000))
    assert.ok(BYTES.equals(stored))
    assert.ok(content !== null && BYTES.equals(content))
  })
})
