import type { Attributes } from '../../src/domain/vector-stores/store-file.ts'
import { encodeDocument } from '../../src/knowledge/document-codec.ts'
import type {
  FileChange,
  IndexedDocument,
  StoreFeed,
  StoreVersion,
} from '../../src/knowledge/search-index.ts'

/** A feed in memory, for tests and benchmarks. */
export interface MemoryFeed extends StoreFeed {
  /** Stores a document in a new revision. */
  put(storeId: string, fileId: string, document: IndexedDocument, attributes?: Attributes): Promise<void>
  setAttributes(storeId: string, fileId: string, attributes: Attributes): void
  remove(storeId: string, fileId: string): void
  /** Forgets removed files, as the database does after a while. */
  forgetRemoved(storeId: string): void
  /** Returns the store after its last change. */
  versionOf(storeId: string): StoreVersion
}

const ORGANIZATION_ID = 'org_feed'

interface Store {
  seq: number
  /** Changes up to this one may be forgotten. */
  forgottenSeq: number
  /** In the order of their changes. */
  readonly files: Map<string, StoredFile>
}

type StoredFile = FileChange & { readonly parts: readonly Uint8Array[] }

export function createMemoryFeed(): MemoryFeed {
  const stores = new Map<string, Store>()
  const storeOf = (storeId: string): Store => {
    const store = stores.get(storeId) ?? { seq: 0, forgottenSeq: 0, files: new Map() }
    stores.set(storeId, store)
    return store
  }
  const fileOf = (store: Store, fileId: string) => {
    const file = store.files.get(fileId)
    if (!file) throw new Error(`${fileId} is not in the store`)
    return file
  }

  const change = (store: Store, file: StoredFile) => {
    store.files.delete(file.fileId)
    store.files.set(file.fileId, file)
  }

  return {
    put: async (storeId, fileId, document, attributes = {}) => {
      const parts: Uint8Array[] = []
      for await (const part of encodeDocument(document)) parts.push(part)
      const store = storeOf(storeId)
      const seq = ++store.seq
      change(store, { seq, fileId, revision: `r${seq}`, attributes, parts })
    },
    setAttributes: (storeId, fileId, attributes) => {
      const store = storeOf(storeId)
      change(store, { ...fileOf(store, fileId), seq: ++store.seq, attributes })
    },
    remove: (storeId, fileId) => {
      const store = storeOf(storeId)
      change(store, { ...fileOf(store, fileId), seq: ++store.seq, revision: null, parts: [] })
    },
    forgetRemoved: (storeId) => {
      const store = storeOf(storeId)
      for (const [fileId, { revision }] of store.files) if (revision === null) store.files.delete(fileId)
      store.forgottenSeq = store.seq
    },
    versionOf: (storeId) => ({ organizationId: ORGANIZATION_ID, storeId, seq: storeOf(storeId).seq }),
    changesAfter: async ({ storeId }, afterSeq, limit) => {
      const store = storeOf(storeId)
      const later: FileChange[] = []
      for (const { parts: _, ...file } of store.files.values()) {
        if (file.seq > afterSeq && (afterSeq > 0 || file.revision !== null)) later.push(file)
        if (later.length > limit) break
      }
      const changes = later.slice(0, limit)
      const hasMore = later.length > limit
      const isComplete = afterSeq === 0 || (afterSeq >= store.forgottenSeq && afterSeq <= store.seq)
      return { changes, seq: hasMore ? (changes.at(-1)?.seq ?? 0) : store.seq, hasMore, isComplete }
    },
    readDocument: async function* ({ storeId }, fileId, revision) {
      const file = storeOf(storeId).files.get(fileId)
      if (file?.revision === revision) yield* file.parts
    },
  }
}
