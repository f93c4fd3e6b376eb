import type { SharedAction } from './actions.ts'
import { createImageCheck } from './check-image.ts'
import type { FolderNode } from './disk-state.ts'
import { NOTHING_PROMISED, type Promises } from './ledger.ts'
import { createRandomCut, imageAfterCut, KEEPS_ALL, LOSES_ALL, type PowerCut } from './power-cut.ts'
import { createRandom, type Random } from './random.ts'
import { type Point, runWorkload } from './workload.ts'

export interface ProofOptions {
  readonly seed: number
  /** Requests between two power cuts. */
  readonly requests: number
  /** How often the power is cut and the work goes on from what is left. */
  readonly eras: number
  /** Cuts the power only where something has just been promised, which finds most with least. */
  readonly isQuick?: boolean
  /** Called for each sync; one that answers false does nothing. */
  readonly onSync?: (site: string) => boolean
  /** Asked for much more often than the others. */
  readonly often?: SharedAction
}

export interface Figures {
  points: number
  /** Outcomes of power cuts that were looked at; those in which nothing was new are counted too. */
  images: number
  violation: Violation | null
}

export interface Violation {
  readonly where: string
  readonly error: unknown
}

/** One workload, with a power cut at each of its points: how much was looked at, and the first broken promise. */
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

/** The point at which the power is cut for the next era. */
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

/** Until something is promised, folders are made by the hundred. */
function cutsAt({ isPromise, promises }: Point, random: Random, isQuick: boolean): PowerCut[] {
  if (promises.uploads.length === 0 && random.chance(0.95)) return []
  if (isQuick) return isPromise ? [LOSES_ALL, createRandomCut(random)] : []
  return isPromise ? [LOSES_ALL, KEEPS_ALL, createRandomCut(random)] : [LOSES_ALL, createRandomCut(random)]
}
