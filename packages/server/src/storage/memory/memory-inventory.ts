import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { WriterLocks } from '../writer-locks.ts'

interface MemoryContents {
  readonly objects: ReadonlyMap<string, { readonly metadata: { readonly createdAtMs: number } }>
  readonly uploads: ReadonlyMap<string, { readonly modifiedAtMs: number }>
}

/** Creates an inventory with one section. It never has orphans, because nothing in memory survives a crash. */
export function createMemoryInventory({ objects, uploads }: MemoryContents, locks: WriterLocks): Inventory {
  let owner: string | null = null
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
      owner ??= candidate
      return owner
    },
    knownOwner: async () => owner,
  }
}
