import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isExpired } from '../upload/is-expired.ts'
import type { SessionStore } from './platform.ts'

const KEPT = /^[0-9a-f]{64}\.json$/
/** What a process that was killed was just writing. */
const HALF_WRITTEN = /^[0-9a-f-]{36}\.new$/
const HALF_WRITTEN_MS = 60 * 60 * 1000
/** So many entries are looked at; the rest another time. */
const MAX_SWEPT = 1000

/** Folders that this process has swept, or is about to have. */
const sweeps = new Map<string, Promise<void>>()

/** Sessions as files of one folder, which only this user can read. The first one that is kept has those swept that are over. */
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
      // Before anything is written, so that what it found to be over is not a new entry of the same name by now.
      await sweepOnce(folder)
      // Whoever reads it meanwhile has the old text or the new one.
      const written = join(folder, `${randomUUID()}.new`)
      await writeFile(written, text, { mode: 0o600, flag: 'wx' })
      await rename(written, pathOf(key))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}

function sweepOnce(folder: string): Promise<void> {
  // What cannot be swept stays, and keeps nothing back.
  const sweep = sweeps.get(folder) ?? sweepFolder(folder).catch(() => {})
  sweeps.set(folder, sweep)
  return sweep
}

async function sweepFolder(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).slice(0, MAX_SWEPT)) {
    const path = join(folder, name)
    const isOver = await isLeftOver(name, path).catch(() => false)
    if (isOver) await rm(path, { force: true }).catch(() => {})
  }
}

async function isLeftOver(name: string, path: string): Promise<boolean> {
  if (KEPT.test(name)) return isExpired(await readFile(path, 'utf8'))
  return HALF_WRITTEN.test(name) && (await stat(path)).mtimeMs < Date.now() - HALF_WRITTEN_MS
}
