import { setImmediate } from 'node:timers/promises'
import { ServiceError } from '../../src/domain/errors.ts'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { type Action, ALONE, actions, SHARED, type SharedAction } from './actions.ts'
import { randomSize } from './content.ts'
import { createDiskModel, type DiskModel, type DiskProcess } from './disk-model.ts'
import type { DiskSnapshot, FolderNode } from './disk-state.ts'
import { createLedger, type Ledger, type Promises } from './ledger.ts'
import type { Random } from './random.ts'

export const ROOT = '/data/objects'

/** A moment at which the power may be cut. */
export interface Point {
  readonly snapshot: DiskSnapshot
  readonly promises: Promises
  /** Whether something was promised since the point before. */
  readonly isPromise: boolean
}

export interface WorkloadOptions {
  readonly random: Random
  readonly requests: number
  /** What the disk holds, and what of it has been promised. */
  readonly root: FolderNode | null
  readonly promises: Promises
  readonly onSync: (site: string) => boolean
  /** Asked for much more often than the others. */
  readonly often: SharedAction | null
}

export interface WorkloadRun {
  readonly points: readonly Point[]
  /** How often each error of the service was the answer. */
  readonly refusals: ReadonlyMap<string, number>
}

const CLIENTS = 3
const UPLOADS = 4
const DISCARDED_KEPT = 3
const OFTEN = 30

interface Worker {
  readonly disk: DiskProcess
  readonly storage: HostedStorage
}

/** Several clients and two processes at random, with a process that is killed or stopped now and then. */
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
  const shared = options.often === null ? SHARED : { ...SHARED, [options.often]: OFTEN }
  const left = options.requests
  const scene: Scene = { random, ledger, model, workers, busy: new Map(), refusals, shared, left }
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
  /** Two of them, each the promise of one that has started. */
  readonly workers: Promise<Worker>[]
  /** How many requests each upload has; one that is alone counts as endlessly many. */
  readonly busy: Map<string, number>
  readonly refusals: Map<string, number>
  readonly shared: Readonly<Record<SharedAction, number>>
  left: number
}

/** A start may be cut short, and begun anew. */
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
  return openDiskStorage(ROOT, { heldBytes: 0, limitBytes }, { fs, publishEveryBytes })
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

/** Another process takes its place, after an end in order or as by `kill -9`. */
async function replaceWorker({ model, random }: Scene, worker: Worker): Promise<Worker> {
  if (random.chance(0.5)) await untilKilled(worker, worker.storage.close())
  worker.disk.kill()
  return startWorker(model, random)
}

async function askOwner(worker: Worker, ledger: Ledger): Promise<void> {
  const { owner } = ledger.all()
  const answer = await untilKilled(worker, worker.storage.inventory.owner(owner === null ? 'first' : 'other'))
  if (answer === 'killed') return
  if (answer !== (owner ?? 'first')) throw new Error(`the owner is «${answer}»`)
  ledger.setOwner(answer)
}

async function request(scene: Scene, worker: Worker): Promise<void> {
  const { random, ledger, busy, refusals, shared } = scene
  const name = pickUpload(scene)
  const upload = ledger.get(name)
  const before = busy.get(name) ?? 0
  const isAlone = before === 0 && (upload.status === 'discarding' || random.chance(0.25))
  const action: Action =
    upload.status === 'discarding'
      ? 'discard'
      : isAlone
        ? pickWeighted(random, ALONE)
        : pickWeighted(random, shared)
  if (upload.status === 'discarding' && !isAlone) return
  busy.set(name, before + (isAlone ? Number.POSITIVE_INFINITY : 1))
  try {
    await untilKilled(worker, actions[action]({ random, ledger, storage: worker.storage, name }))
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const refusal = `${action}: ${error.code} ${error.cause ?? ''}`
    refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1)
  } finally {
    if (isAlone) busy.set(name, 0)
    else busy.set(name, (busy.get(name) ?? 0) - 1)
  }
}

function untilKilled<T>(worker: Worker, work: Promise<T>): Promise<T | 'killed'> {
  return Promise.race([work, worker.disk.killed])
}

/** One that is not alone with somebody; a new one where there are too few. */
function pickUpload({ random, ledger, busy }: Scene): string {
  const going = ledger.all().uploads.filter(({ status }) => status !== 'discarded')
  const free = going.filter(({ name }) => (busy.get(name) ?? 0) < Number.POSITIVE_INFINITY)
  if (going.length >= UPLOADS && free.length > 0) return random.pick(free).name
  ledger.forgetOldest(DISCARDED_KEPT)
  const name = `files/org_1/${random.below(2 ** 32)}`
  ledger.add({
    name,
    incarnation: 0,
    sizeBytes: randomSize(random),
    status: 'open',
    offset: 0,
    takeBacks: 0,
    object: 'none',
  })
  return name
}

function pickWeighted<T extends Action>(random: Random, weights: Readonly<Record<T, number>>): T {
  const choices = (Object.keys(weights) as T[]).flatMap((action) => Array<T>(weights[action]).fill(action))
  return random.pick(choices)
}
