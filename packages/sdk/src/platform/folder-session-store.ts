import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isExpired } from '../upload/is-expired.ts'
import type { SessionStore } from './platform.ts'

const ENTRY = /^[0-9a-f]{64}\.json$/
/** Temporary file of a write. It stays when the process is killed during the write. */
const TEMPORARY = /^[0-9a-f-]{36}\.new$/
const TEMPORARY_MAX_AGE_MS = 60 * 60 * 1000
/** Entries that one sweep examines at most. */
const MAX_SWEPT = 1000

/** Sweeps that this process has started, by folder. */
const sweeps = new Map<string, Promise<void>>()

/** Stores sessions as files in a folder that only this user can read. The first write also removes expired sessions. */
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
      // Awaited before the write, so that the sweep cannot remove the new entry in place of an expired one of the
      // same name.
      await sweepOnce(folder)
      // Renaming is atomic: a concurrent reader gets either the old or the new text.
      const written = join(folder, `${randomUUID()}.new`)
      await writeFile(written, text, { mode: 0o600, flag: 'wx' })
      await rename(written, pathOf(key))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}

function sweepOnce(folder: string): Promise<void> {
  // A failed sweep must not fail the write.
  const sweep = sweeps.get(folder) ?? sweepFolder(folder).catch(() => {})
  sweeps.set(folder, sweep)
  return sweep
}

async function sweepFolder(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).slice(0, MAX_SWEPT)) {
    const path = join(folder, name)
    const isOld = await isRemovable(name, path).catch(() => false)
    if (isOld) await rm(path, { force: true }).catch(() => {})
  }
}

async function isRemovable(name: string, path: string): Promise<boolean> {
  if (ENTRY.test(name)) return isExpired(await readFile(path, 'utf8'))
  return TEMPORARY.test(name) && (await stat(path)).mtimeMs < Date.now() - TEMPORARY_MAX_AGE_MS
}
