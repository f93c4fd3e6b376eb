import type { Filter } from '../domain/vector-stores/filter.ts'
import type { Attributes } from '../domain/vector-stores/store-file.ts'
import type { StorePlace } from '../domain/vector-stores/vector-store.ts'

/**
 * Search in vector stores. An index is a copy: it follows the changes of a store through its `StoreFeed`, and can be
 * deleted at any time. Every method throws SERVICE_UNAVAILABLE when the index cannot be read or written.
 */
export interface SearchIndex {
  /**
   * Returns the best chunks of the stores in one ranking, best first. The search sees at least all changes up to the
   * `seq` of each store. Fewer than `maxResults` hits are returned only when fewer chunks fulfil the filter or reach the
   * threshold.
   */
  search(stores: readonly StoreVersion[], query: SearchQuery): Promise<SearchHit[]>
  /** Applies all changes of the store now, so that the next search need not. */
  catchUp(store: StoreVersion): Promise<void>
  /**
   * Applies all changes of the store, then compares the index with the feed. Returns the differences; an empty list is a
   * sound index. Changes during the comparison are no differences. A damaged index is deleted, and one of the
   * differences.
   */
  check(store: StorePlace): Promise<string[]>
  /** Deletes the index of the store and builds it again. */
  rebuild(store: StorePlace): Promise<void>
  /** Deletes the index of the store; idempotent. */
  drop(storeId: string): Promise<void>
  close(): Promise<void>
}

/** Source that an index follows. Its changes are ordered by `seq`, a counter of the store that starts at 1. */
export interface StoreFeed {
  /**
   * Returns changes of the store after `afterSeq` in order, at most `limit`, each file once with its present state. With
   * `afterSeq` 0 the changes are all live files.
   */
  changesAfter(store: StorePlace, afterSeq: number, limit: number): Promise<FeedPage>
  /** Returns the parts of a document as `encodeDocument` made them. Ends early or throws when the revision is gone. */
  readDocument(store: StorePlace, fileId: string, revision: string): AsyncIterable<Uint8Array>
}

export interface FeedPage {
  readonly changes: readonly FileChange[]
  /** Position that is reached with these changes. The last page of changes reaches the counter of the store. */
  readonly seq: number
  readonly hasMore: boolean
  /** False when changes after `afterSeq` are forgotten, or `afterSeq` lies in the future: the index compares all files. */
  readonly isComplete: boolean
}

export interface FileChange {
  readonly seq: number
  readonly fileId: string
  /** Revision of the document to search; null when the file left the store or is not indexed yet. */
  readonly revision: string | null
  readonly attributes: Attributes
}

export interface StoreVersion extends StorePlace {
  /** Counter of the store: the last change that a search must see. */
  readonly seq: number
}

export interface SearchQuery {
  /** Alternative wordings, 1–10. The score of a chunk is its best one. */
  readonly texts: readonly string[]
  /** Vectors of the texts in their order; null for a lexical search. */
  readonly vectors: readonly Float32Array[] | null
  readonly filter: Filter | null
  /** File whose chunks are searched; null for those of all files. */
  readonly fileId: string | null
  readonly maxResults: number
  /** Lowest score of a hit, 0–1. */
  readonly scoreThreshold: number
  /** Weights of both kinds of search; null for the default. They count only when there are vectors. */
  readonly weights: SearchWeights | null
}

export interface SearchWeights {
  readonly text: number
  readonly embedding: number
}

export interface SearchHit {
  readonly storeId: string
  readonly fileId: string
  readonly revision: string
  readonly chunkIndex: number
  readonly text: string
  /** Headings above the text, and the header of its table; empty when there is none. */
  readonly context: string
  readonly page: number | null
  /** Place in the text of the document, in UTF-16 units. */
  readonly startOffset: number
  readonly endOffset: number
  readonly attributes: Attributes
  /** In [0, 1], not rising with the rank. Below 0.2 in a lexical search when the chunk shares no word with the query. */
  readonly score: number
}

/** Derived data of one file in one store, in one revision. */
export interface IndexedDocument {
  /** Language of the text, as `detectLanguage` returns it; null when unknown. */
  readonly language: string | null
  readonly chunks: Iterable<IndexedChunk> | AsyncIterable<IndexedChunk>
}

/** Chunk of a document. Its text is the text of the document from `startOffset` to `endOffset`. */
export interface TextChunk {
  /** Position in the document, from 0. */
  readonly index: number
  /** Text as it stands in the document. */
  readonly text: string
  /** Headings above the chunk, and the header of its table; searched with it. Empty when there is none. */
  readonly context: string
  readonly page: number | null
  readonly startOffset: number
  readonly endOffset: number
  readonly tokenCount: number
}

export interface IndexedChunk extends TextChunk {
  /** Embedding of the chunk; null in a store without embeddings. */
  readonly vector: Float32Array | null
}
