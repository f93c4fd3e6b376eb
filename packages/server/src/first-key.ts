import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The file in DATA_DIR that a first start leaves its key in where no terminal shows it. */
export const FIRST_KEY_FILE = 'first-admin-key'

/** A file that holds the key already, for its owner alone, and does not have its name yet. */
export interface KeyFile {
  readonly path: string
  /** Gives the file its name, in the place of one that an earlier installation has left. */
  publish(): Promise<void>
  remove(): Promise<void>
}

/**
 * Writes the key to a new file before there is anything that the key opens, so that it cannot get lost.
 * Throws a sentence for the operator where it cannot be kept.
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
      `the API key of the first start is shown on a terminal only, and cannot be kept in DATA_DIR instead: ${reason}`,
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
