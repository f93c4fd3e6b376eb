import type { Waybill } from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'

export interface FileAdder {
  /** Number of files added since the sign-in. A change tells the page of a store to load it again. */
  readonly addedCount: Pick<Store<number>, 'get' | 'subscribe'>
  /**
   * Adds Files to a vector store, at most four at a time. Tries all of them, then rejects with the first error if
   * there was one.
   */
  add(storeId: string, fileIds: readonly string[]): Promise<void>
}

const MAX_ADDITIONS = 4

export function createFileAdder(client: () => Waybill): FileAdder {
  const addedCount = createStore(0)
  return {
    addedCount,
    add: async (storeId, fileIds) => {
      const waiting = fileIds.values()
      let failure: Error | null = null
      const work = async () => {
        for (const id of waiting) {
          try {
            await client().vectorStores.files.add(storeId, id)
            addedCount.set(addedCount.get() + 1)
          } catch (error) {
            failure ??= error as Error
          }
        }
      }
      await Promise.all(Array.from({ length: MAX_ADDITIONS }, work))
      if (failure !== null) throw failure
    },
  }
}
