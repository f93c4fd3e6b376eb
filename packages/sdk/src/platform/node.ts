import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { compileSlices } from '../crc32c/compiled-slices.ts'
import { readPieces } from '../source/read-pieces.ts'
import { openFileSource } from './file-source.ts'
import { folderSessionStore } from './folder-session-store.ts'
import { lockInProcess } from './lock-in-process.ts'
import type { Platform } from './platform.ts'

export const platform: Platform = {
  streamsBodies: true,
  compileSlices,
  openPath: openFileSource,
  sha256: async (source, signal) => {
    const hash = createHash('sha256')
    for await (const piece of readPieces(source, signal)) hash.update(piece)
    return hash.digest('hex')
  },
  spool: async (stream) => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-spooled-'))
    const remove = () => rm(folder, { recursive: true, force: true })
    try {
      const path = join(folder, 'spooled')
      await pipeline(stream, createWriteStream(path, { mode: 0o600 }))
      const source = await openFileSource(path)
      const close = async () => {
        await source.close()
        await remove()
      }
      return { ...source, filename: null, identity: null, close }
    } catch (error) {
      await remove()
      throw error
    }
  },
  sessionStore: () => folderSessionStore(join(stateFolder(), 'waybill', 'uploads')),
  tryLock: lockInProcess,
}

/** Returns the folder for state data of this user, by the XDG Base Directory Specification. */
function stateFolder(): string {
  return process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state')
}
