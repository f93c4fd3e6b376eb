import { type OpenedKnowledge, openKnowledge } from '../src/compose/open-knowledge.ts'
import type { Database } from '../src/database/database.ts'

/** Returns the knowledge of a service whose tests index and search nothing: its threads never start. */
export function unusedKnowledge(database: Database): OpenedKnowledge {
  const limits = { concurrency: 0, waitMs: 0, deadlineMs: 0, vectorCacheBytes: 1 }
  const indexing = { directory: '/nonexistent', ...limits }
  return openKnowledge({ indexing, embeddings: null, ocr: null }, database, () => {})
}
