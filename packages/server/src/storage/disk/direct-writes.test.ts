import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { allocatePages, isPages, PAGE_BYTES } from '../../platform/page-memory.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'

const MIB = 1024 * 1024

/** Returns memory of complete pages with random bytes. */
function pages(bytes: number): Buffer {
  const memory = allocatePages(bytes)
  assert.ok(memory)
  assert.ok(isPages(memory))
  randomBytes(bytes).copy(memory)
  return memory
}

describe('direct writes', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-direct-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('are read like all others, also next to bytes that are not written directly', async () => {
    const path = join(folder, 'mixed')
    const direct = [pages(MIB), pages(MIB)] as const
    const [head, tail] = [randomBytes(PAGE_BYTES + 100_000), randomBytes(100_001)]
    const file = await nodeFileSystem.open(path, 'create')
    await file.writev([head], 0)
    await file.writev([direct[0].subarray(0, MIB / 2), direct[0].subarray(MIB / 2)], MIB)
    await file.writev([direct[1]], 2 * MIB)
    await file.writev([tail], 3 * MIB)
    await file.datasync()
    const seen = Buffer.alloc(MIB)
    await file.read(seen, 0, MIB, MIB)
    await file.close()
    assert.ok(seen.equals(direct[0]))
    const all = await readFile(path)
    assert.ok(all.subarray(0, head.length).equals(head))
    assert.ok(all.subarray(MIB).equals(Buffer.concat([...direct, tail])))
  })

  it('go to the open file, even if its name is gone', async () => {
    const path = join(folder, 'removed')
    const bytes = pages(MIB)
    const file = await nodeFileSystem.open(path, 'create')
    await nodeFileSystem.remove(path)
    await file.writev([bytes], 0)
    const seen = Buffer.alloc(MIB)
    await file.read(seen, 0, MIB, 0)
    await file.close()
    assert.ok(seen.equals(bytes))
  })

  it('are not for a position or a length between two pages', async () => {
    const path = join(folder, 'unaligned')
    const bytes = pages(MIB)
    const file = await nodeFileSystem.open(path, 'create')
    await file.writev([bytes], 1)
    await file.writev([bytes.subarray(0, 100_000)], MIB + 1)
    await file.close()
    assert.ok((await readFile(path)).subarray(1).equals(Buffer.concat([bytes, bytes.subarray(0, 100_000)])))
  })
})

describe('an upload of 20 MiB', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-syncs-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  /** Returns the number of syncs of the segment while the body arrives. */
  async function syncsOfBody(isDirect: boolean): Promise<number> {
    let syncs = 0
    const open: FileSystem['open'] = async (path, mode) => {
      const file = await nodeFileSystem.open(path, mode)
      if (!path.endsWith('.segment')) return file
      return {
        ...file,
        writev: async (buffers, position) => ({ ...(await file.writev(buffers, position)), isDirect }),
        datasync: () => {
          syncs++
          return file.datasync()
        },
      }
    }
    const storage = await openDiskStorage(
      join(folder, String(isDirect)),
      { heldBytes: 0, limitBytes: MIB },
      { fs: { ...nodeFileSystem, open } },
    )
    const writer = await storage.uploads.claim({ name: 'a', contentType: 'a/b' }, null)
    assert.ok(writer)
    const pieces = Array.from({ length: 20 }, () => Buffer.alloc(MIB))
    await writer.append(Readable.from(pieces, { objectMode: false }), { skipBytes: 0, maxBytes: 20 * MIB })
    const ofBody = syncs
    await writer.commit(20 * MIB)
    assert.ok(syncs > ofBody)
    await storage.close()
    return ofBody
  }

  it('is synced while it arrives, so that its answer waits for few bytes', async () => {
    assert.ok((await syncsOfBody(false)) > 0)
  })

  it('is synced only at its end when its bytes are written directly', async () => {
    assert.equal(await syncsOfBody(true), 0)
  })
})
