import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What always lies in the folder of objects. */
const ALWAYS = new Set(['FORMAT', 'OWNER'])

/** Every file in an installation's folder of objects that belongs to an upload or an object. */
export async function leftBehind(dataDir: string): Promise<string[]> {
  const objects = join(dataDir, 'objects')
  const entries = await readdir(objects, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(objects, join(entry.parentPath, entry.name)))
    .filter((path) => !ALWAYS.has(path))
}
