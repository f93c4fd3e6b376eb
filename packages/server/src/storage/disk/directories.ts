import { open } from 'node:fs/promises'

/** Makes the names in a folder durable: those added, renamed and removed before this call. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
