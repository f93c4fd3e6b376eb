import type { WaybillFile } from '@waybill/sdk'
import { type FileEntry, toEntry } from './sorting.ts'

/** The files that are loaded, each once, in the order in which they came. */
export interface FileCollection {
  all(): readonly FileEntry[]
  count(): number
  find(id: string): FileEntry | null
  add(files: readonly WaybillFile[]): void
  /** Whether it was there. */
  remove(id: string): boolean
  /** What was added since it was last asked for. */
  takeFresh(): FileEntry[]
}

export function createFileCollection(): FileCollection {
  // A map keeps the order, and forgets one of a hundred thousand at once.
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
