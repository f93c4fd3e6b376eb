import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { withoutSync } from './without-sync.ts'

const newBudget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-disk-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })

describeStorage('disk without syncs', async () => {
  const folder = await newFolder()
  const storage = await openDiskStorage(folder, newBudget(), { fs: withoutSync(nodeFileSystem) })
  return { storage, remove: () => removeFolder(folder) }
})

/** Creates a file system that counts its syncs. */
function countingSyncs(): { fs: FileSystem; syncs: () => number } {
  let syncs = 0
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode)
    for (const method of ['sync', 'datasync'] as const) {
      const sync: OpenFile['sync'] = file[method].bind(file)
      file[method] = () => {
        syncs++
        return sync()
      }
    }
    return file
  }
  return { fs: { ...nodeFileSystem, open }, syncs: () => syncs }
}

describe('withoutSync', () => {
  for (const without of [false, true]) {
    it(
      without ? 'suppresses all syncs of the storage' : 'makes a difference: the storage syncs otherwise',
      async () => {
        const folder = await newFolder()
        const { fs, syncs } = countingSyncs()
        const storage = await openDiskStorage(folder, newBudget(), { fs: without ? withoutSync(fs) : fs })
        const spec = { name: 'one', contentType: 'application/x-test' }
        await storage.write(spec, Readable.from([randomBytes(1000)], { objectMode: false }), 1000)
        await storage.remove('one')
        assert.equal(syncs() === 0, without)
        await storage.close()
        await removeFolder(folder)
      },
    )
  }
})
