import { dirname } from 'node:path'
import { hasErrno } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'

/** Makes the names in a folder durable: those added, renamed and removed before this call. */
export async function syncDirectory(fs: FileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, 'read')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Makes one folder, whose name is not durable then; whether it did. */
export async function makeDirectoryUnlessThere(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.makeDirectory(path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Makes the folder and those above it where they are missing, for this user alone. All their names are durable then,
 * also of those that were there: whoever made them may not have come to that.
 */
export async function makeDirectory(fs: FileSystem, path: string): Promise<void> {
  const parent = dirname(path)
  if (parent === path) return
  await makeDirectory(fs, parent)
  const isMade = await makeDirectoryUnlessThere(fs, path)
  await syncDirectory(fs, parent).catch((error) => {
    // Far above there may be folders that only others may read, and none of them can have been made for this one.
    if (isMade || !hasErrno(error, 'EACCES')) throw error
  })
}
