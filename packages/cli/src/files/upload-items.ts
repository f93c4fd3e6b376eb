import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** One thing to upload: a path, or null for the standard input. */
export interface UploadItem {
  readonly path: string | null
  readonly filename: string
  readonly sizeBytes: number | null
  readonly modifiedMs: number | null
}

/** The files that the arguments stand for, those of folders included where `recursive` says so. */
export async function uploadItems(
  paths: readonly string[],
  name: string | undefined,
  recursive: boolean,
): Promise<UploadItem[]> {
  const items: UploadItem[] = []
  for (const path of paths) {
    if (path === '-') {
      if (name === undefined) throw new Error('what comes from the standard input needs a --name.')
      items.push({ path: null, filename: name, sizeBytes: null, modifiedMs: null })
    } else items.push(...(await itemsAt(path, recursive)))
  }
  if (name === undefined) return items
  const [only, ...others] = items
  if (only === undefined || others.length > 0) throw new Error('--name is for one file.')
  return [{ ...only, filename: name }]
}

async function itemsAt(path: string, recursive: boolean): Promise<UploadItem[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' ? `there is no ${path}.` : `${path} cannot be read: ${error.message}`,
    )
  })
  if (found.isFile()) {
    return [{ path, filename: basename(path), sizeBytes: found.size, modifiedMs: found.mtimeMs }]
  }
  // A pipe would be waited for, and a device has no end.
  if (!found.isDirectory()) throw new Error(`${path} is no file: - stands for the standard input.`)
  if (!recursive) throw new Error(`${path} is a folder: --recursive uploads what is in it.`)
  const items: UploadItem[] = []
  for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const isWanted = entry.isFile() || entry.isDirectory()
    if (isWanted) items.push(...(await itemsAt(join(path, entry.name), true)))
  }
  return items
}
