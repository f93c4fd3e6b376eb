import { type Corpus, loadCorpus } from './corpus.ts'
import { deleteStoreFile, isDamage, openStoreFile, type StoreFile, storePath } from './store-file.ts'

export interface OpenStoresOptions {
  readonly folder: string
  readonly maxOpenFiles: number
  readonly maxCorpusBytes: number
}

export interface OpenStore {
  readonly storeId: string
  readonly file: StoreFile
  /** Returns the facts of the chunks, read again when another process has changed them. Call it in a transaction. */
  corpus(): Corpus
  sizeBytes(): number
}

/** Open index files, of which the least recently used are closed. */
export interface OpenStores {
  use<T>(storeId: string, work: (store: OpenStore) => T): T
  delete(storeId: string): void
  /** Deletes the file and returns true when the error says that it is damaged. */
  deleteIfDamaged(storeId: string, error: unknown): boolean
}

export function createOpenStores({ folder, maxOpenFiles, maxCorpusBytes }: OpenStoresOptions): OpenStores {
  /** In the order of use, the most recent last. */
  const open = new Map<string, OpenStore>()

  const close = (storeId: string) => {
    open.get(storeId)?.file.close()
    open.delete(storeId)
  }
  const closeUnused = () => {
    let bytes = 0
    for (const store of open.values()) bytes += store.sizeBytes()
    for (const [storeId, store] of open) {
      if (open.size <= 1 || (open.size <= maxOpenFiles && bytes <= maxCorpusBytes)) return
      bytes -= store.sizeBytes()
      close(storeId)
    }
  }
  const find = (storeId: string): OpenStore => {
    const known = open.get(storeId)
    if (known?.file.isInPlace()) {
      open.delete(storeId)
      open.set(storeId, known)
      return known
    }
    close(storeId)
    const store = openStore(storeId, openStoreFile(storePath(folder, storeId)))
    open.set(storeId, store)
    return store
  }
  const remove = (storeId: string) => {
    close(storeId)
    deleteStoreFile(storePath(folder, storeId))
  }

  return {
    use: (storeId, work) => {
      const result = work(find(storeId))
      closeUnused()
      return result
    },
    delete: remove,
    deleteIfDamaged: (storeId, error) => {
      if (!isDamage(error)) return false
      remove(storeId)
      return true
    },
  }
}

function openStore(storeId: string, file: StoreFile): OpenStore {
  let corpus: Corpus | null = null
  let version = -1
  return {
    storeId,
    file,
    corpus: () => {
      const found = file.dataVersion()
      if (corpus === null || found !== version) corpus = loadCorpus(file)
      version = found
      return corpus
    },
    sizeBytes: () => corpus?.sizeBytes() ?? 0,
  }
}
