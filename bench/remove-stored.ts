import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Uploaded bodies are larger than this; a server's own files are smaller. */
const SMALLEST_BODY_BYTES = 1024 * 1024

/**
 * Removes uploaded bodies from the folder of a running server, without its knowledge. The next contestant reuses their
 * memory and disk pages; otherwise it would pay for allocating new ones.
 */
export async function removeStored(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() && found.size >= SMALLEST_BODY_BYTES && !/\.db(-wal|-shm)?$/.test(name))
      await rm(path)
  }
}
