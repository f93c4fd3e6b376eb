import { cancelIndexing } from './indexing-tasks.ts'
import { type Dialect, getRows, type Steps } from './transactions.ts'

/**
 * Assignments that take all files from a store at once. Their rows are deleted later, in small steps. Search indexes
 * see a gap in the changes and compare with the store, which has no files.
 */
export const END_STORE = `emptying_since_ms = $nowMs, in_progress_count = 0, completed_count = 0, failed_count = 0,
  cancelled_count = 0, data_bytes = 0, usage_bytes = 0, seq = seq + 1, forgotten_seq = seq + 1`

/** Deletes the tasks of a store's files. Needs the lock of the store. */
export function* cancelStoreTasks(dialect: Dialect, organizationId: string, storeId: string): Steps<void> {
  const rows = yield* getRows(
    `SELECT id FROM vector_store_files WHERE vector_store_id = $storeId AND organization_id = $organizationId
       AND removed_at_ms IS NULL AND status IN ('pending', 'processing')`,
    { organizationId, storeId },
  )
  const storeFileIds = rows.map(({ id }) => String(id))
  yield* cancelIndexing(dialect, organizationId, storeFileIds)
}
