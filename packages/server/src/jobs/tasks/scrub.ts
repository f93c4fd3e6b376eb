import { setTimeout as wait } from 'node:timers/promises'
import { ServiceError } from '../../domain/errors.ts'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import type { InventoryEntry } from '../../storage/inventory.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'

/** Something in storage that is not what was written. */
export interface Damage {
  /** The object's name, or the file's where nothing can be read of it. */
  readonly name: string
  readonly problem: string
}

export interface Scrubbed {
  readonly objects: number
  readonly bytes: number
  readonly damage: readonly Damage[]
}

export interface ScrubRun {
  /** How fast it reads at most, so that others find the disk free. */
  readonly bytesPerSecond: number
  /** Ends the run between two blocks. */
  readonly signal: AbortSignal
  /** The section that it begins with; it comes round to all. */
  readonly firstSection: number
  readonly onDamage?: (damage: Damage) => void
}

/**
 * Reads every object from its first byte to its last, as a download would, and tells which are damaged. It changes
 * nothing: what is damaged can only be brought back from a backup. Bytes of unfinished uploads are not read.
 */
export async function scrub(storage: ObjectStorage, run: ScrubRun): Promise<Scrubbed> {
  const { sections } = storage.inventory
  const pace = createPace(run)
  const damage: Damage[] = []
  let objects = 0
  const note = (name: string, problem: string) => {
    damage.push({ name, problem })
    run.onDamage?.({ name, problem })
  }
  const scrubSection = async (section: number) => {
    for await (const entry of storage.inventory.list(section)) {
      if (run.signal.aborted) return
      const problem = await findProblem(storage, entry, pace)
      if (entry.kind === 'object' || entry.kind === 'unreadable') objects++
      if (problem !== null) note('id' in entry ? entry.id : entry.name, problem)
    }
  }
  for (let turn = 0; turn < sections && !run.signal.aborted; turn++) {
    const section = (run.firstSection + turn) % sections
    await scrubSection(section).catch((error) => {
      if (!(error instanceof ServiceError)) throw error
      note(`section ${section}`, error.message)
    })
  }
  return { objects, bytes: pace.bytes(), damage }
}

async function findProblem(
  storage: ObjectStorage,
  entry: InventoryEntry,
  pace: Pace,
): Promise<string | null> {
  if (entry.kind === 'unreadable') return entry.problem
  if (entry.kind !== 'object') return null
  try {
    for await (const block of await storage.read(entry.name)) {
      const { length } = block
      releaseBuffer(block)
      if (!(await pace.read(length))) break
    }
    return null
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const isGone = (await storage.stat(entry.name).catch(() => undefined)) === null
    return isGone ? null : error.message
  }
}

interface Pace {
  /** Says that so many bytes were read, and waits until more may be; false when the run is to end. */
  read(bytes: number): Promise<boolean>
  bytes(): number
}

function createPace({ bytesPerSecond, signal }: ScrubRun): Pace {
  const startMs = performance.now()
  let bytesRead = 0
  return {
    bytes: () => bytesRead,
    read: async (bytes) => {
      bytesRead += bytes
      const earlyMs = (bytesRead / bytesPerSecond) * 1000 - (performance.now() - startMs)
      if (earlyMs > 0) await wait(earlyMs, undefined, { signal }).catch(() => {})
      return !signal.aborted
    },
  }
}
