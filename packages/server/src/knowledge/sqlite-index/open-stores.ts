import { type Corpus, loadCorpus } from './corpus.ts'
import { deleteStoreFile, isDamage, openStoreFile, type StoreFile, storePath } from './store-file.ts'
import { openStoreVectors, type StoreVectors } from './store-vectors.ts'

export interface OpenStoresOptions {
  readonly folder: string
  readonly maxOpenFiles: number
  readonly maxCorpusBytes: number
  /** Memory for vectors. A store that needs more is read from its file at each search. */
  readonly maxVectorBytes: number
}

export interface OpenStore {
  readonly storeId: string
  readonly file: StoreFile
  /** Returns the facts of the chunks, read again when another process has changed them. Call it in a transaction. */
  corpus(): Corpus
  readonly vectors: StoreVectors
  corpusBytes(): number
}

/** Open index files, of which the least recently used are closed. */
export interface OpenStores {
  use<T>(storeId: string, work: (store: OpenStore) => T): T
  delete(storeId: string): void
  /** Deletes the file and returns true when the error says that it is damaged. */
  deleteIfDamaged(storeId: string, error: unknown): boolean
}

export function createOpenStores(options: OpenStoresOptions): OpenStores {
  const { folder, maxOpenFiles, maxCorpusBytes, maxVectorBytes } = options
  /** In the order of use, the most recent last. */
  const open = new Map<string, OpenStore>()

  const close = (storeId: string) => {
    open.get(storeId)?.file.close()
    open.delete(storeId)
  }
  const closeUnused = () => {
    let corpusBytes = 0
    let vectorBytes = 0
    for (const { corpusBytes: bytesOf, vectors } of open.values()) {
      corpusBytes += bytesOf()
      vectorBytes += vectors.sizeBytes()
    }
    for (const [storeId, store] of open) {
      const fits = corpusBytes <= maxCorpusBytes && vectorBytes <= maxVectorBytes
      if (open.size <= 1 || (open.size <= maxOpenFiles && fits)) return
      corpusBytes -= store.corpusBytes()
      vectorBytes -= store.vectors.sizeBytes()
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
    const store = openStore(storeId, openStoreFile(storePath(folder, storeId)), maxVectorBytes)
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

function openStore(storeId: string, file: StoreFile, maxVectorBytes: number): OpenStore {
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
    vectors: openStoreVectors(file, maxVectorBytes),
    corpusBytes: () => corpus?.sizeBytes() ?? 0,
  }
}
