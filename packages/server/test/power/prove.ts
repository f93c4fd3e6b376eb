import { createImageCheck } from './check-image.ts'
import type { FolderNode } from './disk-state.ts'
import { NOTHING_PROMISED, type Promises } from './ledger.ts'
import { createRandomCut, imageAfterCut, KEEPS_ALL, LOSES_ALL, type PowerCut } from './power-cut.ts'
import { createRandom, type Random } from './random.ts'
import { type Often, type Point, runWorkload } from './workload.ts'

export interface ProofOptions {
  readonly seed: number
  /** Requests between two power cuts. */
  readonly requests: number
  /** Number of power cuts after which the workload continues with the remaining state. */
  readonly eras: number
  /** Cuts the power only right after a promise, which finds most violations at the lowest cost. */
  readonly isQuick?: boolean
  /** Called before each sync. A sync has no effect when it returns false. */
  readonly onSync?: (site: string) => boolean
  /** Action that runs much more often than the others. */
  readonly often?: Often
}

export interface Figures {
  points: number
  /** Number of examined results of power cuts, repeated ones included. */
  images: number
  violation: Violation | null
}

export interface Violation {
  readonly where: string
  readonly error: unknown
}

/** Runs a workload with a power cut at each of its points. Returns the figures and the first broken promise. */
export async function prove(options: ProofOptions): Promise<Figures> {
  const random = createRandom(options.seed)
  const figures: Figures = { points: 0, images: 0, violation: null }
  let root: FolderNode | null = null
  let promises = NOTHING_PROMISED
  for (let era = 0; era < options.eras; era++) {
    try {
      const point: Point = await proveEra(random, options, root, promises, figures)
      root = imageAfterCut(point.snapshot, createRandomCut(random)).root
      promises = point.promises
    } catch (error) {
      figures.violation = { where: `seed ${options.seed}, era ${era}`, error }
      return figures
    }
  }
  return figures
}

/** Returns the point at which the power cut of the next era happens. */
async function proveEra(
  random: Random,
  { requests, isQuick = false, onSync = () => true, often }: ProofOptions,
  root: FolderNode | null,
  promises: Promises,
  figures: Figures,
): Promise<Point> {
  const { points } = await runWorkload({ random, requests, root, promises, onSync, often: often ?? null })
  const next = random.pick(points)
  const checkImage = createImageCheck()
  for (const [index, point] of points.entries()) {
    figures.points++
    for (const cut of cutsAt(point, random, isQuick)) {
      figures.images++
      await checkImage(imageAfterCut(point.snapshot, cut), point.promises).catch((error) => {
        throw new Error(`after a power cut at point ${index}, ${cut.kind}: ${error.message}`, {
          cause: error,
        })
      })
    }
  }
  return next
}

/** Chooses the power cuts at a point. Before the first promise there are hundreds of points that create folders. */
function cutsAt({ isPromise, promises }: Point, random: Random, isQuick: boolean): PowerCut[] {
  if (promises.uploads.length === 0 && random.chance(0.95)) return []
  if (isQuick) return isPromise ? [LOSES_ALL, createRandomCut(random)] : []
  return isPromise ? [LOSES_ALL, KEEPS_ALL, createRandomCut(random)] : [LOSES_ALL, createRandomCut(random)]
}
