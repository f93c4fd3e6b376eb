import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { MemoryState } from './memory-state.ts'

/** Creates an inventory with one section. It never has orphans, because nothing in memory survives a crash. */
export function createMemoryInventory(
  { objects, uploads, parts }: MemoryState,
  isInUse: (name: string) => boolean,
): Inventory {
  let owner: string | null = null
  return {
    sections: 1,
    list: async function* list(): AsyncGenerator<InventoryEntry> {
      for (const [name, { metadata }] of objects) {
        yield { kind: 'object', name, modifiedAtMs: metadata.createdAtMs }
      }
      for (const [name, { modifiedAtMs }] of [...uploads, ...parts]) {
        if (!isInUse(name)) yield { kind: 'upload', name, modifiedAtMs }
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
