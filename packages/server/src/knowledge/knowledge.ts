import type { Chunker } from './chunker.ts'
import type { Embedder } from './embedder.ts'
import type { SearchIndex } from './search-index.ts'
import type { TextExtractor } from './text-extractor.ts'

/** Parts that make Files searchable. */
export interface Knowledge {
  readonly extractor: TextExtractor
  readonly chunker: Chunker
  /** Model for searches by meaning; null where searches go by words only. */
  readonly embedder: Embedder | null
  readonly index: SearchIndex
  /** Makes the queue of this process look for tasks at once. */
  wakeQueue(): void
}
