import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** One upload. `path`, `sizeBytes` and `modifiedMs` are null for standard input. */
export interface UploadItem {
  readonly path: string | null
  readonly filename: string
  /** Folder of the file in the service; empty for the root. */
  readonly folder: string
  readonly sizeBytes: number | null
  readonly modifiedMs: number | null
}

/**
 * Returns the files to upload for the paths on the command line; with `recursive` also those in folders. Throws an
 * error with a message for the user when a path cannot be uploaded.
 */
export async function uploadItems(
  paths: readonly string[],
  name: string | undefined,
  recursive: boolean,
): Promise<UploadItem[]> {
  const items: UploadItem[] = []
  for (const path of paths) {
    if (path === '-') {
      if (name === undefined) throw new Error('standard input has no file name: set one with --name.')
      items.push({ path: null, filename: name, folder: '', sizeBytes: null, modifiedMs: null })
    } else items.push(...(await itemsAt(path, '', recursive)))
  }
  if (name === undefined) return items
  const [only, ...others] = items
  if (only === undefined || others.length > 0) throw new Error('--name can only be used with a single file.')
  return [{ ...only, filename: name }]
}

/** Returns the file or the files in the folder. Those in a folder keep its name, unless it is `.`, `..` or the root. */
async function itemsAt(path: string, parent: string, recursive: boolean): Promise<UploadItem[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' ? `${path} does not exist.` : `${path} cannot be read: ${error.message}`,
    )
  })
  if (found.isFile()) {
    return [
      { path, filename: basename(path), folder: parent, sizeBytes: found.size, modifiedMs: found.mtimeMs },
    ]
  }
  // Reading a pipe could block forever, and a device has no end.
  if (!found.isDirectory()) throw new Error(`${path} is not a regular file: use - to upload standard input.`)
  if (!recursive) throw new Error(`${path} is a folder: use --recursive to upload its contents.`)
  const name = basename(path)
  const folder = [parent, name === '.' || name === '..' ? '' : name].filter(Boolean).join('/')
  return itemsIn(path, folder)
}

/** Returns the regular files in the folder `path` and below it. In the service, its own files are in `folder`. */
export async function itemsIn(path: string, folder: string): Promise<UploadItem[]> {
  const entries = await readdir(path, { withFileTypes: true })
  const items: UploadItem[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile() && !entry.isDirectory()) continue
    for (const item of await itemsAt(join(path, entry.name), folder, true)) items.push(item)
  }
  return items
}
