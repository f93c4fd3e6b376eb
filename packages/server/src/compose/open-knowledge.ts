import type { Config, OcrChoice } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { ObserveModelCall } from '../domain/models/model-call.ts'
import { createChunker } from '../knowledge/chunker.ts'
import type { Embedder } from '../knowledge/embedder.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import {
  createOpenAiEmbedder,
  type OpenAiEmbedderOptions,
} from '../knowledge/openai-embedder/openai-embedder.ts'
import type { SearchIndex, StoreFeed } from '../knowledge/search-index.ts'
import { createSqliteSearchIndex } from '../knowledge/sqlite-index/sqlite-search-index.ts'
import type { TextExtractor } from '../knowledge/text-extractor.ts'

export interface OpenedKnowledge extends Knowledge {
  /** Sets the function that `wakeQueue` calls. */
  onWake(wake: () => void): void
  /** Stops all threads and processes; what they do fails. */
  close(): Promise<void>
}

/** Receives what this system permits: true when the processes that read files have no network. */
export type ReportIsolation = (isNetworkDropped: boolean) => void

/** Opens the embedder of EMBEDDINGS_URL. It connects with the first text. */
export function openEmbedder(options: OpenAiEmbedderOptions): Embedder {
  return createOpenAiEmbedder(options)
}

/**
 * Opens the extractor, the embedder and the index. Their threads and processes start when they are first used. Calls
 * `onIsolation` once, with the first file.
 */
export function openKnowledge(
  { indexing, embeddings, ocr }: Pick<Config, 'indexing' | 'embeddings' | 'ocr'>,
  database: Pick<Database, 'vectorStores'>,
  onIsolation: ReportIsolation,
  observers: readonly ObserveModelCall[] = [],
): OpenedKnowledge {
  const extractor = openWhenUsed(ocr, onIsolation)
  const chunker = createChunker()
  const index: SearchIndex = createSqliteSearchIndex({
    folder: indexing.directory,
    feed: feedOf(database),
    maxVectorBytes: indexing.vectorCacheBytes,
  })
  let wake = () => {}
  return {
    extractor,
    chunker,
    embedder: embeddings && openEmbedder({ ...embeddings, observers }),
    index,
    wakeQueue: () => wake(),
    onWake: (callback) => {
      wake = callback
    },
    close: async () => {
      await Promise.all([extractor.close(), chunker.close(), index.close()])
    },
  }
}

/** Extractor that probes the system with the first file, and not when the server starts. */
function openWhenUsed(ocr: OcrChoice | null, onIsolation: ReportIsolation): TextExtractor {
  let opened: Promise<TextExtractor> | null = null
  const start = async () => {
    const { openTextExtractor } = await import('../knowledge/extraction/open-text-extractor.ts')
    const extractor = await openTextExtractor({ ocr, ocrProcesses: ocr?.concurrency })
    onIsolation(extractor.isNetworkDropped)
    return extractor
  }
  const open = () => {
    opened ??= start()
    return opened
  }
  return {
    extract: async (file, signal) => (await open()).extract(file, signal),
    extractWithOcr: async (file, reader, signal) => (await open()).extractWithOcr(file, reader, signal),
    close: async () => (await opened)?.close(),
  }
}

function feedOf({ vectorStores: { indexing } }: Pick<Database, 'vectorStores'>): StoreFeed {
  return { changesAfter: indexing.changesAfter, readDocument: indexing.readDocument }
}
