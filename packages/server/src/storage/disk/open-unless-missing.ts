import { type FileHandle, open } from 'node:fs/promises'
import { hasErrno } from './file-errors.ts'

/** The file, or null where there is none. */
export async function openUnlessMissing(path: string, flags: number): Promise<FileHandle | null> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null
    throw error
  }
}
