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

/** Makes the folder and those above it where they are missing, for this user alone, and makes them durable. */
export async function makeDirectory(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.makeDirectory(path)
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return
    if (!hasErrno(error, 'ENOENT') || dirname(path) === path) throw error
    await makeDirectory(fs, dirname(path))
    return makeDirectory(fs, path)
  }
  await syncDirectory(fs, dirname(path))
}
