import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { it } from 'node:test'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { watchSyncs } from './watch-syncs.ts'

const newBudget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-disk-'))

describeStorage('disk whose syncs are watched', async () => {
  const folder = await newFolder()
  const storage = await openDiskStorage(folder, newBudget(), { fs: watchSyncs(nodeFileSystem, () => {}) })
  return { storage, remove: () => rm(folder, { recursive: true, force: true }) }
})

it('reports the syncs of files and directories', async () => {
  const folder = await newFolder()
  const kinds = new Set<string>()
  const fs = watchSyncs(nodeFileSystem, (kind, seconds) => {
    kinds.add(kind)
    assert.ok(seconds >= 0)
  })
  const storage = await openDiskStorage(folder, newBudget(), { fs })
  const spec = { name: 'one', contentType: 'application/x-test' }
  await storage.write(spec, Readable.from([Buffer.alloc(1000)], { objectMode: false }), 1000)
  await storage.close()
  await rm(folder, { recursive: true, force: true })
  assert.deepEqual([...kinds].sort(), ['file', 'folder'])
})
