import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

const SHARED_MEMORY = '/dev/shm'
const MIN_FREE_BYTES = 1024 ** 3

/**
 * A folder on a file system in memory where there is one with room, else the usual one. Power cuts are no matter of
 * the model, and on a real disk it would spend its time in waiting for syncs.
 */
export async function memoryFolder(): Promise<string> {
  const found = await statfs(SHARED_MEMORY).catch(() => null)
  const isRoomy = found !== null && found.bavail * found.bsize >= MIN_FREE_BYTES
  return isRoomy ? SHARED_MEMORY : tmpdir()
}
