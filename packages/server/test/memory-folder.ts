import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

const SHARED_MEMORY = '/dev/shm'
const MIN_FREE_BYTES = 1024 ** 3

/**
 * Returns a folder in a memory file system with enough space, or else the usual temporary folder. Tests without
 * power cuts use it, because on a real disk they would spend their time waiting for syncs.
 */
export async function memoryFolder(): Promise<string> {
  const found = await statfs(SHARED_MEMORY).catch(() => null)
  const isRoomy = found !== null && found.bavail * found.bsize >= MIN_FREE_BYTES
  return isRoomy ? SHARED_MEMORY : tmpdir()
}
