import type { FileHandle } from './file-handles.ts'

const DATABASE = 'waybill-console'
const TABLE = 'file-handles'

/**
 * Handles of the files of unfinished uploads, by the key of their entry. They help only to choose a file again, so every
 * failure of the browser's database counts as a missing handle.
 */
export const storedHandles = {
  keep: async (key: string, handle: FileHandle): Promise<void> => {
    await withTable('readwrite', (table) => table.put(handle, key))
  },
  find: async (key: string): Promise<FileHandle | null> =>
    ((await withTable('readonly', (table) => table.get(key))) as FileHandle | undefined) ?? null,
  remove: async (key: string): Promise<void> => {
    await withTable('readwrite', (table) => table.delete(key))
  },
}

async function withTable<T>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
  try {
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE)
    const database = await resultOf(opening)
    try {
      return await resultOf(work(database.transaction(TABLE, mode).objectStore(TABLE)))
    } finally {
      database.close()
    }
  } catch {
    return null
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
