import { setTimeout as wait } from 'node:timers/promises'
import { ServiceError } from '../../domain/errors.ts'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import type { InventoryEntry } from '../../storage/inventory.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'

/** An object whose bytes are not those that were written. */
export interface Damage {
  /** Name of the object; the storage's id of an entry that cannot be identified. */
  readonly name: string
  readonly problem: string
}

export interface Scrubbed {
  readonly objects: number
  readonly bytes: number
  readonly damage: readonly Damage[]
}

export interface ScrubRun {
  /** Limit of the read rate, which leaves disk bandwidth to requests. */
  readonly bytesPerSecond: number
  /** Stops the run after the current block. */
  readonly signal: AbortSignal
  /** Section to begin with. The run continues with the following ones and wraps around to read all. */
  readonly firstSection: number
  readonly onDamage?: (damage: Damage) => void
  /** Receives the name of each object whose bytes are not those that were written, and is awaited. */
  readonly onUnsound?: (name: string) => Promise<void>
  /** Receives the name of each object that was read completely without damage, and is awaited. */
  readonly onSound?: (name: string) => Promise<void>
}

/**
 * Reads every object completely, with the verification of a download, and reports damaged ones. Changes nothing: only a
 * backup can restore a damaged object. Does not read bytes of unfinished uploads.
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
      const name = 'id' in entry ? entry.id : entry.name
      if (problem === 'none') await run.onSound?.(name)
      else if (problem !== null) note(name, problem.message)
      if (problem instanceof ServiceError && problem.code === 'OBJECT_DAMAGED') await run.onUnsound?.(name)
    }
  }
  for (let offset = 0; offset < sections && !run.signal.aborted; offset++) {
    const section = (run.firstSection + offset) % sections
    await scrubSection(section).catch((error) => {
      if (!(error instanceof ServiceError)) throw error
      note(`section ${section}`, error.message)
    })
  }
  return { objects, bytes: pace.bytes(), damage }
}

/** Returns null for an entry that was not read completely, or is no object any more. */
async function findProblem(
  storage: ObjectStorage,
  entry: InventoryEntry,
  pace: Pace,
): Promise<{ readonly message: string } | 'none' | null> {
  if (entry.kind === 'unreadable') return { message: entry.problem }
  if (entry.kind !== 'object') return null
  try {
    for await (const block of await storage.read(entry.name)) {
      const { length } = block
      releaseBuffer(block)
      if (!(await pace.read(length))) return null
    }
    return 'none'
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const isGone = (await storage.stat(entry.name).catch(() => undefined)) === null
    return isGone ? null : error
  }
}

interface Pace {
  /** Counts the bytes, and waits until more may be read. Returns false when the run must stop. */
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
