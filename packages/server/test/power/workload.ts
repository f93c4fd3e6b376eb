import { setImmediate } from 'node:timers/promises'
import { ServiceError } from '../../src/domain/errors.ts'
import { createBufferPool, POOLED_BYTES } from '../../src/storage/buffer-pool.ts'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { type Action, ALONE, actions, SHARED, type SharedAction } from './actions.ts'
import { randomSize } from './content.ts'
import { createDiskModel, type DiskModel, type DiskProcess } from './disk-model.ts'
import type { DiskSnapshot, FolderNode } from './disk-state.ts'
import { createLedger, type Ledger, NO_PART, type Promised, type Promises } from './ledger.ts'
import { ALONE_OF_PARTS, type PartsAction, partsActions, SHARED_OF_PARTS } from './parts-actions.ts'
import type { Random } from './random.ts'

export const ROOT = '/data/objects'

/** Moment at which the power may be cut. */
export interface Point {
  readonly snapshot: DiskSnapshot
  readonly promises: Promises
  /** True when something was promised since the previous point. */
  readonly isPromise: boolean
}

export interface WorkloadOptions {
  readonly random: Random
  readonly requests: number
  /** State of the disk at the start; null for an empty one. */
  readonly root: FolderNode | null
  readonly promises: Promises
  readonly onSync: (site: string) => boolean
  /** Action that runs much more often than the others; all uploads have its layout. Null for none. */
  readonly often: Often | null
}

/** Action that can run concurrently on one upload. */
export type Often = SharedAction | keyof typeof SHARED_OF_PARTS

export interface WorkloadRun {
  readonly points: readonly Point[]
  /** Number of refusals by error. */
  readonly refusals: ReadonlyMap<string, number>
}

const CLIENTS = 3
const UPLOADS = 4
const DELETED_KEPT = 3
const OFTEN = 30

interface Worker {
  readonly disk: DiskProcess
  readonly storage: HostedStorage
}

/** Runs random requests of several clients to two processes. Sometimes kills or stops a process. */
export async function runWorkload(options: WorkloadOptions): Promise<WorkloadRun> {
  const { random, onSync } = options
  const points: Point[] = []
  const refusals = new Map<string, number>()
  let isPromise = true
  const addPoint = () => {
    points.push({ snapshot: model.snapshot(), promises: ledger.all(), isPromise })
    isPromise = false
  }
  const ledger = createLedger(options.promises, () => {
    isPromise = true
    addPoint()
  })
  const model: DiskModel = createDiskModel({
    ...(options.root && { root: options.root }),
    random,
    onSync,
    onChange: addPoint,
  })
  addPoint()

  const workers = [startWorker(model, random), startWorker(model, random)]
  const { often, requests: left } = options
  const scene: Scene = { random, ledger, model, workers, busy: new Map(), refusals, often, left }
  await Promise.all(Array.from({ length: CLIENTS }, () => runClient(scene)))
  for (const { disk } of await Promise.all(workers)) {
    if (!disk.isKilled() && disk.openFiles() > 0) throw new Error(`${disk.openFiles()} files are left open`)
    disk.kill()
  }
  return { points, refusals }
}

interface Scene {
  readonly random: Random
  readonly ledger: Ledger
  readonly model: DiskModel
  /** Two workers, which may still be starting. */
  readonly workers: Promise<Worker>[]
  /** Number of running requests of each upload; infinity for a request that must run alone. */
  readonly busy: Map<string, number>
  readonly refusals: Map<string, number>
  readonly often: Often | null
  left: number
}

/** Starts a worker; starts again when the process is killed meanwhile. */
async function startWorker(model: DiskModel, random: Random): Promise<Worker> {
  for (;;) {
    const disk = model.startProcess(
      random.chance(0.7) ? random.below(random.pick([20, 300, 600])) : undefined,
    )
    const storage = await Promise.race([open(disk, random), disk.killed])
    if (storage !== 'killed') return { disk, storage }
  }
}

function open({ fs }: DiskProcess, random: Random): Promise<HostedStorage> {
  const limitBytes = random.pick([0, 64 * 1024 * 1024])
  const publishEveryBytes = random.pick([1, 1000, 64 * 1024 * 1024])
  const pool = createBufferPool(random.pick([0, 1, 8]) * POOLED_BYTES, Buffer.alloc)
  return openDiskStorage(ROOT, { heldBytes: 0, limitBytes }, { fs, publishEveryBytes, pool })
}

async function runClient(scene: Scene): Promise<void> {
  const { random, ledger, workers } = scene
  while (scene.left-- > 0) {
    await setImmediate()
    const slot = random.below(workers.length)
    const starting = workers[slot]
    const worker = await starting
    if (worker === undefined) continue
    if (worker.disk.isKilled() || random.chance(0.02)) {
      if (workers[slot] === starting) workers[slot] = replaceWorker(scene, worker)
    } else if (random.chance(0.03)) await askOwner(worker, ledger)
    else await request(scene, worker)
  }
}

/** Replaces a process after an orderly shutdown or a `kill -9`. */
async function replaceWorker({ model, random }: Scene, worker: Worker): Promise<Worker> {
  if (random.chance(0.5)) await untilKilled(worker, worker.storage.close())
  worker.disk.kill()
  return startWorker(model, random)
}

async function askOwner(worker: Worker, ledger: Ledger): Promise<void> {
  const { owner } = ledger.all()
  const answer = await untilKilled(worker, worker.storage.inventory.owner(owner === null ? 'first' : 'other'))
  if (answer === 'killed') return
  if (answer !== (owner ?? 'first')) throw new Error(`the owner is "${answer}"`)
  ledger.setOwner(answer)
}

async function request(scene: Scene, worker: Worker): Promise<void> {
  const { random, ledger, busy, refusals } = scene
  const name = pickUpload(scene)
  const upload = ledger.get(name)
  const before = busy.get(name) ?? 0
  const isAlone = before === 0 && (upload.status === 'deleting' || random.chance(0.25))
  if (upload.status === 'deleting' && !isAlone) return
  const action = pickAction(scene, upload, isAlone)
  busy.set(name, before + (isAlone ? Number.POSITIVE_INFINITY : 1))
  try {
    await untilKilled(worker, ALL_ACTIONS[action]({ random, ledger, storage: worker.storage, name }))
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const refusal = `${action}: ${error.code} ${error.cause ?? ''}`
    refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1)
  } finally {
    if (isAlone) busy.set(name, 0)
    else busy.set(name, (busy.get(name) ?? 0) - 1)
  }
}

const ALL_ACTIONS = { ...actions, ...partsActions }

function pickAction(
  { random, often }: Scene,
  { status, parts }: Promised,
  isAlone: boolean,
): Action | PartsAction {
  if (status === 'deleting') return 'deleteBytes'
  type Weights = Readonly<Partial<Record<Action | PartsAction, number>>>
  const alone: Weights = parts === null ? ALONE : ALONE_OF_PARTS
  if (isAlone) return pickWeighted(random, alone)
  const shared: Weights = parts === null ? SHARED : SHARED_OF_PARTS
  return pickWeighted(random, often !== null && often in shared ? { ...shared, [often]: OFTEN } : shared)
}

function untilKilled<T>(worker: Worker, work: Promise<T>): Promise<T | 'killed'> {
  return Promise.race([work, worker.disk.killed])
}

/** Picks an upload without an exclusive request; adds one when there are too few. */
function pickUpload({ random, ledger, busy, often }: Scene): string {
  const going = ledger.all().uploads.filter(({ status }) => status !== 'deleted')
  const free = going.filter(({ name }) => (busy.get(name) ?? 0) < Number.POSITIVE_INFINITY)
  if (going.length >= UPLOADS && free.length > 0) return random.pick(free).name
  ledger.forgetOldest(DELETED_KEPT)
  const name = `files/org_1/${random.below(2 ** 32)}`
  ledger.add({
    name,
    incarnation: 0,
    sizeBytes: randomSize(random),
    status: 'open',
    offset: 0,
    takeBacks: 0,
    object: 'none',
    parts: random.chance(shareOfParts(often))
      ? Array.from({ length: 1 + random.below(4) }, () => NO_PART)
      : null,
  })
  return name
}

/** Returns the share of uploads of parts among all uploads. */
function shareOfParts(often: Often | null): number {
  if (often === null) return 0.4
  return often in SHARED ? 0 : 1
}

function pickWeighted<T extends string>(random: Random, weights: Readonly<Partial<Record<T, number>>>): T {
  const choices = (Object.keys(weights) as T[]).flatMap((action) =>
    Array<T>(weights[action] ?? 0).fill(action),
  )
  return random.pick(choices)
}
