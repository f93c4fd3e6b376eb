import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import { objectPaths } from '../../src/storage/disk/object-paths.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { sectionOf } from './actions.ts'
import { checkParts, finishParts } from './check-parts.ts'
import { announcedHashes, bodyOf, CONTENT_TYPE, contentOf, hasBytes } from './content.ts'
import { createDiskModel } from './disk-model.ts'
import type { DiskNode, FolderNode } from './disk-state.ts'
import type { Promised, Promises } from './ledger.ts'
import type { DiskImage } from './power-cut.ts'
import { ROOT } from './workload.ts'

/**
 * Checks the promises after a power cut: acknowledged bytes exist, visible objects are complete, unfinished uploads can
 * be continued to the correct object, and no orphan remains. Throws the first violation.
 */
export type CheckImage = (image: DiskImage, promises: Promises) => Promise<void>

/** Creates a check that skips images that it has seen before, since most images repeat. */
export function createImageCheck(): CheckImage {
  const seen = new Set<string>()
  const isNew = (finding: string) => !seen.has(finding) && seen.add(finding) && true

  return async ({ root, contents }, { uploads, owner }) => {
    const folder = folderAt(root, ROOT)
    const top = `${owner} ${describe(folder, contents, /^(FORMAT|OWNER)$/)} ${folder?.content.size}`
    const isTopNew = isNew(top)
    const changed = uploads.filter((upload) => {
      const { stem, shard } = placeOf(upload)
      const files = describe(folderAt(root, `${ROOT}/${shard}`), contents, new RegExp(`^${stem}`))
      return isNew(`${JSON.stringify(upload)} ${files}`)
    })
    if (isTopNew || changed.length > 0) await check(root, { uploads: changed, owner })
  }
}

function placeOf({ name }: Promised): { stem: string; shard: string } {
  const { log, directory } = objectPaths('', name)
  return { stem: basename(log, '.log'), shard: basename(directory) }
}

function folderAt(root: FolderNode, path: string): FolderNode | null {
  let node: DiskNode | undefined = root
  for (const part of path.split('/').slice(1))
    node = node?.kind === 'folder' ? node.content.get(part) : undefined
  return node?.kind === 'folder' ? node : null
}

function describe(folder: FolderNode | null, contents: DiskImage['contents'], names: RegExp): string {
  if (folder === null) return 'none'
  const files = [...folder.content].filter(([name]) => names.test(name))
  return files
    .map(([name, node]) => `${name}: ${contents.get(node)}`)
    .sort()
    .join(', ')
}

async function check(root: FolderNode, { uploads, owner }: Promises): Promise<void> {
  const disk = createDiskModel({ root, random: null }).startProcess()
  const storage = await openDiskStorage(ROOT, { heldBytes: 0, limitBytes: 64 * 1024 * 1024 }, disk)
  for (const upload of uploads) await checkAsFound(storage, upload)
  await sweepOrphans(storage, uploads)
  for (const upload of uploads) await checkGoesOn(storage, upload)
  if (owner !== null) assert.equal(await storage.inventory.owner('another'), owner, 'it has another owner')
  assert.equal(disk.openFiles(), 0, 'files are left open')
}

async function checkAsFound(storage: HostedStorage, upload: Promised): Promise<void> {
  const { name, object, offset, sizeBytes, status } = upload
  const found = await storage.stat(name)
  if (found) {
    assert.notEqual(object, 'none', `${name} is to be seen, and unfinished or removed`)
    assert.ok(await hasBytes(await storage.read(name), contentOf(upload)), `${name} has other bytes`)
    return
  }
  assert.notEqual(object, 'complete', `${name} was acknowledged, but does not exist`)
  if (status !== 'open') return
  if (upload.parts !== null) return checkParts(storage, upload)
  const left = await storage.uploads.offset(name)
  assert.ok(left >= offset, `${name} stands at ${left}, and ${offset} was acknowledged`)
  assert.ok(left <= sizeBytes, `${name} stands at ${left} of ${sizeBytes}`)
}

/** Sweeps until nothing is found: a removal can create orphans for the next sweep, but only a few times. */
async function sweepOrphans({ inventory }: HostedStorage, uploads: readonly Promised[]): Promise<void> {
  let strays: string[] = []
  for (let sweep = 0; sweep < 4; sweep++) {
    strays = []
    for (const section of new Set(uploads.map(sectionOf))) {
      for await (const entry of inventory.list(section)) {
        assert.notEqual(entry.kind, 'unreadable', JSON.stringify(entry))
        if (entry.kind !== 'orphan') continue
        strays.push(entry.id)
        await inventory.removeOrphan(entry.id)
      }
    }
    if (strays.length === 0) return
  }
  assert.fail(`strays stay: ${strays}`)
}

/** Checks that an open upload can be finished, and that a deleted one can be replaced by a new one. */
async function checkGoesOn(storage: HostedStorage, upload: Promised): Promise<void> {
  const { name, status, incarnation } = upload
  if (status === 'open') return finish(storage, upload)
  await storage.uploads.cancel(name)
  await storage.remove(name)
  assert.equal(await storage.stat(name), null, `${name} was removed, and is there`)
  await finish(storage, { ...upload, incarnation: incarnation + 1 })
}

async function finish(storage: HostedStorage, upload: Promised): Promise<void> {
  if (upload.parts !== null) return finishParts(storage, upload)
  const { name, sizeBytes } = upload
  const content = contentOf(upload)
  const writer = await storage.uploads.claim({ name, contentType: CONTENT_TYPE }, null)
  if (writer) {
    const rest = content.subarray(writer.startOffset)
    await writer.append(bodyOf(rest, null), { skipBytes: 0, maxBytes: rest.length })
    const finalized = await writer.finalize(announcedHashes(content, 'crc32c'))
    assert.equal(finalized.kind, 'object', `${name} went on with other bytes`)
  }
  const found = await storage.stat(name)
  assert.equal(found?.sizeBytes, sizeBytes)
  assert.ok(await hasBytes(await storage.read(name), content), `${name} has other bytes`)
}
