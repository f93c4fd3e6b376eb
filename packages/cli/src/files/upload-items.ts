import { isUtf8 } from 'node:buffer'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** One upload. `path` is null for standard input; `sizeBytes` and `modifiedMs` are so for what has no size yet. */
export interface UploadItem {
  readonly path: string | null
  readonly filename: string
  /** Folder of the file in the service; empty for the root. */
  readonly folder: string
  readonly sizeBytes: number | null
  readonly modifiedMs: number | null
  /** Reason why an entry below a given folder, which may be a folder too, cannot be uploaded; null for none. */
  readonly problem: Error | null
}

/**
 * Returns the files to upload for the paths on the command line; with `recursive` also those in folders. Throws an
 * error with a message for the user when a path cannot be uploaded. What cannot be read below a path does not stop the
 * others: it is an item with a `problem`.
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
      const unknown = { path: null, sizeBytes: null, modifiedMs: null, problem: null }
      items.push({ ...unknown, filename: name, folder: '' })
    } else items.push(...(await itemsAt(path, '', recursive).catch(beginWith(path))))
  }
  if (name === undefined) return items
  const [only, ...others] = items
  if (only === undefined || others.length > 0) throw new Error('--name can only be used with a single file.')
  return [{ ...only, filename: name }]
}

/**
 * Returns the file or the files in the folder. Those in a folder keep its name, unless it is `.`, `..` or the root. The
 * message of an error continues a sentence that begins with the path.
 */
async function itemsAt(path: string, parent: string, recursive: boolean): Promise<UploadItem[]> {
  const found = await stat(path).catch(fail)
  if (found.isFile()) {
    const [sizeBytes, modifiedMs] = [found.size, found.mtimeMs]
    return [{ path, filename: basename(path), folder: parent, sizeBytes, modifiedMs, problem: null }]
  }
  // Reading a pipe could block forever, and a device has no end.
  if (!found.isDirectory()) throw new Error('is not a regular file: use - to upload standard input.')
  if (!recursive) throw new Error('is a folder: use --recursive to upload its contents.')
  const name = basename(path)
  const folder = [parent, name === '.' || name === '..' ? '' : name].filter(Boolean).join('/')
  return itemsBelow(path, folder)
}

/**
 * Returns the regular files in the folder `path` and below it. In the service, its own files are in `folder`. Throws an
 * error with a message for the user when the folder itself cannot be read.
 */
export function itemsIn(path: string, folder: string): Promise<UploadItem[]> {
  return itemsBelow(path, folder).catch(beginWith(path))
}

/** Reads the names as bytes: text would have replaced those that are not UTF-8, and name no entry. */
async function itemsBelow(path: string, folder: string): Promise<UploadItem[]> {
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' }).catch(fail)
  const items: UploadItem[] = []
  for (const entry of entries.sort((a, b) => a.name.compare(b.name))) {
    if (!entry.isFile() && !entry.isDirectory()) continue
    const place = { path: join(path, entry.name.toString()), filename: entry.name.toString(), folder }
    try {
      if (!isUtf8(entry.name)) throw new Error('has a name that is not UTF-8.')
      for (const item of await itemsAt(place.path, folder, true)) items.push(item)
    } catch (error) {
      const problem = new Error(`It ${error instanceof Error ? error.message : error}`)
      items.push({ ...place, sizeBytes: null, modifiedMs: null, problem })
    }
  }
  return items
}

function fail({ code, message }: NodeJS.ErrnoException): never {
  if (code === 'ENOENT') throw new Error('does not exist.')
  const isForbidden = code === 'EACCES' || code === 'EPERM'
  throw new Error(`cannot be read: ${isForbidden ? 'permission denied.' : message}`)
}

function beginWith(path: string): (error: Error) => never {
  return ({ message }) => {
    throw new Error(`${path} ${message}`)
  }
}
