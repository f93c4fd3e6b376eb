import { hasErrno } from './file-errors.ts'
import type { FileSystem, OpenFile } from './file-system.ts'

/** Opens an existing file; returns null when it is missing. Looks first, because an error costs ten times as much. */
export async function openUnlessMissing(
  fs: FileSystem,
  path: string,
  mode: 'read' | 'write' | 'append',
): Promise<OpenFile | null> {
  if (!(await fs.exists(path))) return null
  try {
    return await fs.open(path, mode)
  } catch (error) {
    // It was removed in between.
    if (hasErrno(error, 'ENOENT')) return null
    throw error
  }
}
