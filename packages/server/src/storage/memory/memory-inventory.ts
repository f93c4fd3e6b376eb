import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { WriterLocks } from '../writer-locks.ts'

interface Held {
  readonly objects: ReadonlyMap<string, { readonly metadata: { readonly createdAtMs: number } }>
  readonly uploads: ReadonlyMap<string, { readonly modifiedAtMs: number }>
}

/** One section. There are no strays: nothing here outlives a crash. */
export function createMemoryInventory({ objects, uploads }: Held, locks: WriterLocks): Inventory {
  let standing: string | null = null
  return {
    sections: 1,
    list: async function* list(): AsyncGenerator<InventoryEntry> {
      for (const [name, { metadata }] of objects) {
        yield { kind: 'object', name, modifiedAtMs: metadata.createdAtMs }
      }
      for (const [name, { modifiedAtMs }] of uploads) {
        if (!locks.isTaken(name)) yield { kind: 'upload', name, modifiedAtMs }
      }
    },
    removeOrphan: async () => false,
    owner: async (candidate) => {
      standing ??= candidate
      return standing
    },
    knownOwner: async () => standing,
  }
}
