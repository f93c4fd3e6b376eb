import { hasErrno } from './file-errors.ts'
import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'

/** Opens the file; returns null when it is missing. */
export async function openUnlessMissing(
  fs: FileSystem,
  path: string,
  mode: OpenMode,
): Promise<OpenFile | null> {
  try {
    return await fs.open(path, mode)
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null
    throw error
  }
}
