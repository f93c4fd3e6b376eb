import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Name of the file in DATA_DIR for the key of a first start without a terminal. */
export const FIRST_KEY_FILE = 'first-admin-key'

/** Temporary file with the key, readable by its owner only. */
export interface KeyFile {
  readonly path: string
  /** Renames the file to its final name, replacing one of an earlier installation. */
  publish(): Promise<void>
  remove(): Promise<void>
}

/**
 * Writes the key to a new file before the organization is created, so that the key cannot be lost.
 * Throws a message for the operator when the file cannot be written.
 */
export async function writeKeyFile(dataDirectory: string, secret: string): Promise<KeyFile> {
  const path = join(dataDirectory, FIRST_KEY_FILE)
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`
  try {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${secret}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `standard output is not a terminal, and the API key of the first start cannot be written to DATA_DIR: ${reason}`,
      { cause: error },
    )
  }
  return {
    path,
    publish: async () => {
      await rename(draft, path)
      await syncFolder(dataDirectory)
    },
    remove: () => rm(draft, { force: true }),
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
