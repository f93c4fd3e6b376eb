import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'

/**
 * Removes files of attempts that have no `stored` entry, and takes them out of the running attempts. Never throws: a
 * sweep removes what is left.
 */
export async function discardFiles(
  fs: FileSystem,
  paths: ObjectPaths,
  log: LogFile,
  ids: readonly string[],
): Promise<void> {
  try {
    for (const id of ids) {
      await fs.remove(paths.segment(id))
      await log.append({ discarded: id })
    }
  } catch {
    // The upload continues, and its end removes them too.
  }
}
