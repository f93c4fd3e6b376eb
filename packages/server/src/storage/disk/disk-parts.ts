import type { BufferPool } from '../buffer-pool.ts'
import type { PartAttempts } from '../part-attempts.ts'
import type { PartUploads, StoredPart } from '../part-uploads.ts'
import type { BodyBudget } from '../write-batches.ts'
import type { WriterLocks } from '../writer-locks.ts'
import { completeParts } from './complete-parts.ts'
import { withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { linkPart } from './link-part.ts'
import type { OpenLog } from './log-file.ts'
import { objectPaths } from './object-paths.ts'
import { describePart } from './publish-part.ts'
import { writePart } from './write-part.ts'

export interface PartsDisk {
  readonly fs: FileSystem
  readonly root: string
  readonly budget: BodyBudget
  readonly pool: BufferPool
  readonly openLog: OpenLog
  readonly locks: WriterLocks
  readonly attempts: PartAttempts
}

/** Creates uploads of parts on a disk. */
export function createDiskParts(disk: PartsDisk): PartUploads {
  const { fs, root, openLog, locks, attempts } = disk

  const list = async (name: string): Promise<StoredPart[]> => {
    const log = await openLog(objectPaths(root, name).log, 'existing')
    if (log === null) return []
    try {
      const { parts } = await log.read()
      if (parts === null || parts.isClosed) return []
      // Other readers of the log change this state: take the parts first, and then make all entries durable.
      const stored = [...parts.stored.values()]
      await log.sync()
      return stored.map(describePart)
    } finally {
      await log.close()
    }
  }

  return {
    isAvailable: true,
    write: (spec, body, limits) =>
      withStorageErrors(async () => {
        const attempt = attempts.begin(spec.name)
        const target = { ...disk, paths: objectPaths(root, spec.name), spec, attempt }
        return writePart(target, body, limits).finally(attempt.end)
      }),
    link: (spec, sourceName) =>
      withStorageErrors(async () => {
        const attempt = attempts.begin(spec.name)
        const target = { fs, openLog, paths: objectPaths(root, spec.name), spec }
        return linkPart(target, objectPaths(root, sourceName)).finally(attempt.end)
      }),
    list: (name) => withStorageErrors(() => list(name)),
    complete: (spec, parts, expected) =>
      withStorageErrors(async () => {
        const lock = await locks.take(spec.name)
        try {
          const target = { fs, openLog, paths: objectPaths(root, spec.name), spec }
          const completed = await completeParts(target, parts, expected)
          // Bodies that are still arriving can no longer be stored.
          if (completed.kind === 'object') await attempts.endAllOf(spec.name)
          return completed
        } finally {
          lock.end()
        }
      }),
  }
}
