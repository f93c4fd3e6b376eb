import { dirname } from 'node:path'
import { hasErrno } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'

/** Makes the directory's entries durable: names that were added, renamed or removed before this call. */
export async function syncDirectory(fs: FileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, 'read')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Creates one directory, whose name is not durable yet. Returns false when it exists already. */
export async function makeDirectoryUnlessExists(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.makeDirectory(path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Creates the directory and its missing parents, accessible to this user only. Makes all their names durable, existing
 * ones too: the process that created them may have crashed before its sync.
 */
export async function makeDirectory(fs: FileSystem, path: string): Promise<void> {
  const parent = dirname(path)
  if (parent === path) return
  await makeDirectory(fs, parent)
  const isCreated = await makeDirectoryUnlessExists(fs, path)
  await syncDirectory(fs, parent).catch((error) => {
    // Only other users may be able to read a distant parent. It existed before, so it needs no sync here.
    if (isCreated || !hasErrno(error, 'EACCES')) throw error
  })
}
