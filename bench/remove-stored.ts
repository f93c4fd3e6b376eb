import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Uploaded bodies are larger than this; what a server keeps for itself is not. */
const SMALLEST_BODY_BYTES = 1024 * 1024

/**
 * Removes uploaded bodies from a server's folder behind its back: the pages of memory and disk go to the next
 * contestant, who would else pay for new ones.
 */
export async function removeStored(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() && found.size >= SMALLEST_BODY_BYTES && !/\.db(-wal|-shm)?$/.test(name))
      await rm(path)
  }
}
