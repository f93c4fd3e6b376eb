import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { createChunker } from '../knowledge/chunker.ts'
import { openTextExtractor } from '../knowledge/extraction/open-text-extractor.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import type { StoreFeed } from '../knowledge/search-index.ts'
import { createSqliteSearchIndex } from '../knowledge/sqlite-index/sqlite-search-index.ts'

export interface OpenedKnowledge extends Knowledge {
  /** Sets the function that `wakeQueue` calls. */
  onWake(wake: () => void): void
  close(): Promise<void>
}

/** Opens the extractor, the embedder and the index. Their threads and processes start when they are first used. */
export async function openKnowledge(
  { indexing, embeddings }: Config,
  database: Database,
): Promise<OpenedKnowledge> {
  const extractor = await openTextExtractor()
  const chunker = createChunker()
  const index = createSqliteSearchIndex({ folder: indexing.directory, feed: feedOf(database) })
  let wake = () => {}
  return {
    extractor,
    chunker,
    embedder: embeddings && (await createEmbedder(embeddings)),
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

function feedOf({ vectorStores: { indexing } }: Database): StoreFeed {
  return { changesAfter: indexing.changesAfter, readDocument: indexing.readDocument }
}
