export interface DroppedFile {
  readonly file: File
  /** Path of the file's folder, such as `photos/2026/`; empty for a single file. */
  readonly folder: string
}

/** Returns the files that the user chose, with their paths if the user chose a folder. */
export function chosenFiles(list: Iterable<File>): DroppedFile[] {
  return Array.from(list, (file) => {
    const path = file.webkitRelativePath
    return { file, folder: path.slice(0, path.lastIndexOf('/') + 1) }
  })
}

/** Returns all dropped files, including those in dropped folders. Must be called during the drop event. */
export async function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry())
  const loose = Array.from(data.files)
  const isKnown = entries.some((entry) => entry !== null)
  if (!isKnown) return chosenFiles(loose)
  const found = await Promise.all(entries.map((entry) => (entry === null ? [] : filesOf(entry, ''))))
  return found.flat()
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ file, folder }]
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
