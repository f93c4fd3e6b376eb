/** Moment of an indexing at which a process ends. */
export interface FaultPoint {
  readonly name: string
  readonly of: 'extractor' | 'chunker' | 'embedder' | 'indexing' | 'indexWorker'
  readonly method: string
  readonly when: 'before' | 'after'
}

/** All steps of the indexing of a file, and those of the index, which the first search writes. */
export const FAULT_POINTS: readonly FaultPoint[] = [
  { name: 'begun', of: 'indexing', method: 'begin', when: 'after' },
  { name: 'extracting', of: 'extractor', method: 'extract', when: 'before' },
  { name: 'extracted', of: 'extractor', method: 'extract', when: 'after' },
  { name: 'chunked', of: 'chunker', method: 'split', when: 'after' },
  { name: 'embedding', of: 'embedder', method: 'embed', when: 'before' },
  { name: 'embedded', of: 'embedder', method: 'embed', when: 'after' },
  { name: 'first part stored', of: 'indexing', method: 'addDocumentPart', when: 'after' },
  { name: 'completing', of: 'indexing', method: 'complete', when: 'before' },
  { name: 'completed', of: 'indexing', method: 'complete', when: 'after' },
  { name: 'writing the index', of: 'indexWorker', method: 'postMessage', when: 'after' },
]

/** Facts of the file that was being indexed. */
export interface KilledFile {
  readonly organizationId: string
  readonly apiKey: string
  readonly storeId: string
  readonly fileId: string
}
