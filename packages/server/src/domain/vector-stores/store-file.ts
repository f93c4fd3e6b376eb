/** A File in a vector store: the association, with the state of its indexing. */
export interface StoreFile {
  /** Id of the association, `vsf_…`. */
  readonly id: string
  readonly vectorStoreId: string
  readonly fileId: string
  readonly organizationId: string
  readonly attributes: Attributes
  readonly chunking: ChunkingStrategy
  readonly status: StoreFileStatus
  readonly step: IndexingStep
  /** 0 to 100. */
  readonly progressPercent: number
  /** Reason of `failed`; null otherwise, except after a retry that keeps the earlier error. */
  readonly error: StoreFileError | null
  /** Tries of the current indexing. */
  readonly attempts: number
  readonly addedAtMs: number
  readonly addedByApiKeyId: string | null
  /** User that added the file; null when a key or the operator did. */
  readonly addedBy: string | null
  readonly startedAtMs: number | null
  /** Time of the last result, `completed`, `failed` or `cancelled`. */
  readonly endedAtMs: number | null
  /** Chunks of the indexed revision; 0 until completed. */
  readonly chunkCount: number
  readonly usageBytes: number
  /** Model of the vectors; null when the file is indexed by its words only. */
  readonly embeddingModel: string | null
  /** Revision that searches find; null until the first one is complete. A reindexing replaces it in one step. */
  readonly revision: string | null
  /** Facts of the File; null when it does not exist. */
  readonly file: {
    readonly filename: string
    readonly sizeBytes: number
    readonly contentType: string
  } | null
}

export const STORE_FILE_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const
export type StoreFileStatus = (typeof STORE_FILE_STATUSES)[number]

export const INDEXING_STEPS = ['queued', 'extracting', 'chunking', 'embedding', 'indexing', 'done'] as const
export type IndexingStep = (typeof INDEXING_STEPS)[number]

export interface StoreFileError {
  /**
   * `unsupported_file` for a type that cannot be read, `invalid_file` for a broken, too large or deleted file,
   * `server_error` after all retries.
   */
  readonly code: 'unsupported_file' | 'invalid_file' | 'server_error'
  /** Cause and next step, for a person. */
  readonly message: string
}

/** Files of a store or of a batch by status. `pending` and `processing` are in progress. */
export interface FileCounts {
  readonly inProgress: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

/** At most 16 pairs; a key has 1 to 64 characters, a text at most 512. */
export type Attributes = Readonly<Record<string, AttributeValue>>
export type AttributeValue = string | number | boolean

export type ChunkingStrategy =
  | { readonly kind: 'auto' }
  | {
      readonly kind: 'static'
      /** 100 to 4,096. */
      readonly maxChunkTokens: number
      /** At most half of `maxChunkTokens`. */
      readonly overlapTokens: number
    }

/** Entry of a store file's log, without text of the document. */
export interface LogEntry {
  readonly atMs: number
  readonly level: 'info' | 'warning' | 'error'
  readonly step: IndexingStep
  readonly message: string
  readonly attempt: number
}

/** Returns true while a task works on the file or will. */
export function isInProgress({ status }: Pick<StoreFile, 'status'>): boolean {
  return status === 'pending' || status === 'processing'
}
