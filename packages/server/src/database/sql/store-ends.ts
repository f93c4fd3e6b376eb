import { INDEXING_TASK } from '../records/vector-stores.ts'
import { changeRows, type Steps } from './transactions.ts'

/**
 * Assignments that take all files from a store at once. Their rows are deleted later, in small steps. Search indexes
 * see a gap in the changes and compare with the store, which has no files.
 */
export const END_STORE = `emptying_since_ms = $nowMs, in_progress_count = 0, completed_count = 0, failed_count = 0,
  cancelled_count = 0, data_bytes = 0, usage_bytes = 0, seq = seq + 1, forgotten_seq = seq + 1`

/** Deletes the tasks of a store's files. Needs the lock of the store. */
export function* cancelStoreTasks(organizationId: string, storeId: string): Steps<void> {
  yield* changeRows(
    `DELETE FROM tasks WHERE kind = '${INDEXING_TASK}' AND organization_id = $organizationId
       AND state IN ('ready', 'running')
       AND key IN (SELECT id FROM vector_store_files
         WHERE vector_store_id = $storeId AND removed_at_ms IS NULL AND status IN ('pending', 'processing'))`,
    { organizationId, storeId },
  )
}
