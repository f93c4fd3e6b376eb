import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SessionStore } from './platform.ts'

/** Sessions as files of one folder, which only this user can read. */
export function folderSessionStore(folder: string): SessionStore {
  const pathOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`)
  return {
    get: async (key) => {
      try {
        return await readFile(pathOf(key), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    set: async (key, text) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Whoever reads it meanwhile has the old text or the new one.
      const written = join(folder, `${randomUUID()}.new`)
      await writeFile(written, text, { mode: 0o600, flag: 'wx' })
      await rename(written, pathOf(key))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}
