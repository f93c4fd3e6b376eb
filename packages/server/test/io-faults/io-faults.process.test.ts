import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import { nodeFileSystem } from '../../src/storage/disk/node-file-system.ts'
import { objectPaths } from '../../src/storage/disk/object-paths.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { memoryFolder } from '../memory-folder.ts'
import { sectionOf } from '../power/actions.ts'
import { createImageCheck } from '../power/check-image.ts'
import { createDiskModel } from '../power/disk-model.ts'
import type { DiskSnapshot, FolderNode } from '../power/disk-state.ts'
import type { Promises } from '../power/ledger.ts'
import { imageAfterCut, KEEPS_ALL, LOSES_ALL } from '../power/power-cut.ts'
import { ROOT } from '../power/workload.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { choosePlans } from './choose-plans.ts'
import { type StoryPlace, tellFirstStart, tellStory } from './story.ts'
import { type FaultPlan, type FaultyDisk, withFaults } from './with-faults.ts'

const SEED = Number(process.env.IO_FAULT_SEED ?? Date.now() % 1_000_000)

const NO_FAULT: FaultPlan = { at: Number.POSITIVE_INFINITY, fault: 'EIO', persists: false }
const newBudget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })

/** Runs a story with a fault, and returns the disk with the calls. */
type Trial = (plan: FaultPlan) => Promise<FaultyDisk>

describe(`a fault of the disk (seed ${SEED})`, () => {
  const random = createSeededRandom(SEED)
  let points = 0
  let badPoints = 0
  after(() =>
    console.log(`faults of the disk: ${points} points, ${badPoints} faults badly answered (seed ${SEED})`),
  )

  const tryFaults = async (trial: Trial) => {
    const calls = (await trial(NO_FAULT)).calls()
    for (const plan of choosePlans(calls, random)) {
      const { at, fault, persists } = plan
      const disk = await trial(plan).catch((error) => {
        badPoints++
        const what = `${calls[at - 1]?.call}, call ${at} of ${calls.length}, ${fault}${persists ? ' that stays' : ''}`
        throw new Error(`${what}: ${error.message}`, { cause: error })
      })
      if (disk.met() > 0) points++
    }
  }

  it('is answered clearly and overcome, and a power cut afterwards loses nothing', async () => {
    const prepared = await prepareModel()
    await tryFaults((plan) => tellOnModel(plan, imageAfterCut(prepared, KEEPS_ALL).root, tellStory))
  })

  it('is answered and overcome in a first start', () =>
    tryFaults((plan) => tellOnModel(plan, null, tellFirstStart)))

  it('leaves no open file and no leftover file on a real file system', async () => {
    const root = await mkdtemp(join(await memoryFolder(), 'waybill-io-faults-'))
    const cleaner = await openDiskStorage(root, newBudget())
    let stories = 0
    await tryFaults(async (plan) => {
      const disk = withFaults(nodeFileSystem)
      const openBefore = countOpenFiles()
      disk.plan(plan)
      const { uploads } = await tellStory({ disk, root, prefix: `story ${++stories} ` })
      assert.equal(countOpenFiles(), openBefore, 'files are left open')
      disk.lift()
      await clean(cleaner, uploads)
      assert.deepEqual(await filesLeft(root, uploads), ['FORMAT', 'OWNER'])
      return disk
    })
    await rm(root, { recursive: true })
  })
})

async function prepareModel() {
  const model = createDiskModel({ random: null })
  const storage = await openDiskStorage(ROOT, newBudget(), model.startProcess())
  await storage.close()
  return model.snapshot()
}

/** Cuts the power at the end, and after each promise since a failed sync. */
async function tellOnModel(
  plan: FaultPlan,
  root: FolderNode | null,
  tell: (place: StoryPlace) => Promise<Promises>,
): Promise<FaultyDisk> {
  const model = createDiskModel({ ...(root && { root }), random: null })
  const process = model.startProcess()
  let hasSyncFailed = false
  const disk = withFaults(process.fs, (path) => {
    hasSyncFailed = true
    model.loseUnsynced(path)
  })
  disk.plan(plan)
  const moments: { readonly snapshot: DiskSnapshot; readonly promises: Promises }[] = []
  const addMoment = (promises: Promises) => moments.push({ snapshot: model.snapshot(), promises })
  addMoment(await tell({ disk, root: ROOT, onPromise: (promises) => hasSyncFailed && addMoment(promises) }))
  assert.equal(process.openFiles(), 0, 'files are left open')
  const checkImage = createImageCheck()
  for (const { snapshot, promises } of moments) await checkImage(imageAfterCut(snapshot, LOSES_ALL), promises)
  return disk
}

function countOpenFiles(): number {
  return readdirSync('/proc/self/fd').length
}

/** Removes the objects and the uploads, and then the orphans that a sweep finds. */
async function clean(storage: HostedStorage, uploads: Promises['uploads']): Promise<void> {
  for (const { name } of uploads) {
    await storage.uploads.cancel(name)
    await storage.remove(name)
  }
  for (const section of new Set(uploads.map(sectionOf))) {
    for await (const entry of storage.inventory.list(section)) {
      if (entry.kind === 'orphan') await storage.inventory.removeOrphan(entry.id)
    }
  }
}

/** Returns all files in the folders of these uploads and in their parent folder. */
async function filesLeft(root: string, uploads: Promises['uploads']): Promise<string[]> {
  const folders = new Set(uploads.map(({ name }) => objectPaths(root, name).directory))
  const inFolders = await Promise.all([...folders].map((folder) => readdir(folder)))
  const above = await readdir(root, { withFileTypes: true })
  return above
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .concat(inFolders.flat())
    .sort()
}
