import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Files of the storage itself. */
const ALWAYS = new Set(['FORMAT', 'OWNER'])

/** Returns all files of uploads and objects in the storage folder of an installation. */
export async function leftBehind(dataDir: string): Promise<string[]> {
  const objects = join(dataDir, 'objects')
  const entries = await readdir(objects, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(objects, join(entry.parentPath, entry.name)))
    .filter((path) => !ALWAYS.has(path))
}
