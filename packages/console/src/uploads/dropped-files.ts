import { type FileHandle, handleOf } from './file-handles.ts'

export interface DroppedFile {
  readonly file: File
  /** Path of the file's folder, such as `photos/2026/`; empty for a single file. */
  readonly folder: string
  /** Handle with which the page can read the file again after a reload; null where the browser gives none. */
  readonly handle: FileHandle | null
}

/** Returns the files that the user chose, with their paths if the user chose a folder. */
export function chosenFiles(list: Iterable<File>): DroppedFile[] {
  return Array.from(list, (file) => {
    const path = file.webkitRelativePath
    return { file, folder: path.slice(0, path.lastIndexOf('/') + 1), handle: null }
  })
}

/** Returns the files with their paths below `folder`, such as `reports/2026`; empty for the root. */
export function inFolder(files: readonly DroppedFile[], folder: string): DroppedFile[] {
  if (folder === '') return [...files]
  return files.map((file) => ({ ...file, folder: `${folder}/${file.folder}` }))
}

/** Returns all dropped files, including those in dropped folders. Must be called during the drop event. */
export async function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry())
  const handles = Array.from(data.items, handleOf)
  const loose = Array.from(data.files)
  const isKnown = entries.some((entry) => entry !== null)
  if (!isKnown) return chosenFiles(loose)
  const found = await Promise.all(
    entries.map(async (entry, index) => {
      if (entry === null) return []
      const handle = (await handles[index]) ?? null
      const files = await filesOf(entry, '')
      return entry.isFile ? files.map((one) => ({ ...one, handle })) : files
    }),
  )
  return found.flat()
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ file, folder, handle: null }]
  }
  const inside = await entriesOf(entry as FileSystemDirectoryEntry)
  const found = await Promise.all(inside.map((one) => filesOf(one, `${folder}${entry.name}/`)))
  return found.flat()
}

/** Reads a folder. `readEntries` returns at most 100 entries per call, and none at the end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}
