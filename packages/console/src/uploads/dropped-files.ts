export interface DroppedFile {
  readonly file: File
  /** Where it lay in a folder, such as `photos/2026/`, or nothing. */
  readonly folder: string
}

/** The files of a choice, or of a folder that was chosen. */
export function chosenFiles(list: Iterable<File>): DroppedFile[] {
  return Array.from(list, (file) => {
    const path = file.webkitRelativePath
    return { file, folder: path.slice(0, path.lastIndexOf('/') + 1) }
  })
}

/** Everything that was dropped, and all that is in the folders among it. Has to be called while the event lasts. */
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

/** A reader gives a hundred at a time, and none after the last. */
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
