import type { Attributes } from './store-file.ts'

/** Weights of the two rankings that a search fuses. */
export interface SearchWeights {
  readonly embedding: number
  readonly text: number
}

/** Chunk that a search found. */
export interface SearchHit {
  readonly vectorStoreId: string
  readonly fileId: string
  readonly filename: string
  readonly attributes: Attributes
  /** 0 to 1, falling with rank; below 0.2 for chunks that share no word with the query. */
  readonly score: number
  readonly text: string
  readonly chunkId: string
  readonly chunkIndex: number
  /** 1-based page, slide or sheet; null where the document has none. */
  readonly page: number | null
  /** Place in the extracted text, in UTF-16 units. */
  readonly startOffset: number
  readonly endOffset: number
}
