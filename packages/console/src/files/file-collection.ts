import type { WaybillFile } from '@waybill/sdk'
import { type FileEntry, toEntry } from './sorting.ts'

/** The loaded files, without duplicates, in the order in which they were added. */
export interface FileCollection {
  all(): readonly FileEntry[]
  count(): number
  find(id: string): FileEntry | null
  add(files: readonly WaybillFile[]): void
  /** Removes a file. Returns false when it is not in the collection. */
  remove(id: string): boolean
  /** Returns the files that were added since the last call. */
  takeFresh(): FileEntry[]
}

export function createFileCollection(): FileCollection {
  // A map keeps the insertion order, and deletes one of 100,000 entries in constant time.
  const entries = new Map<string, FileEntry>()
  let fresh: FileEntry[] = []
  return {
    all: () => [...entries.values()],
    count: () => entries.size,
    find: (id) => entries.get(id) ?? null,
    add: (files) => {
      for (const file of files) {
        if (entries.has(file.id)) continue
        const entry = toEntry(file)
        entries.set(file.id, entry)
        fresh.push(entry)
      }
    },
    remove: (id) => {
      fresh = fresh.filter(({ file }) => file.id !== id)
      return entries.delete(id)
    },
    takeFresh: () => {
      const taken = fresh
      fresh = []
      return taken
    },
  }
}
