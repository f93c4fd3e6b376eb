import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { StoreViewer, VectorStoreRecords } from '../records/vector-stores.ts'
import { cancelIndexing } from './indexing-tasks.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { VISIBLE_STORE, viewerParameters } from './vector-store-access.ts'
import { toFileBatch } from './vector-store-rows.ts'

/** Files of a batch, which are at most 2,000: counted when they are asked for. */
const FILES_OF_BATCH = `
  FROM vector_store_batch_files JOIN vector_store_files ON vector_store_files.id = vector_store_file_id
    AND vector_store_files.organization_id = $organizationId
  WHERE batch_id = $batchId AND removed_at_ms IS NULL`

const count = (condition: string) => `COALESCE(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`

const FIND = `
  SELECT vector_store_batches.*, counted.* FROM vector_stores
  JOIN vector_store_batches ON vector_store_batches.vector_store_id = vector_stores.id
    AND vector_store_batches.organization_id = vector_stores.organization_id
  CROSS JOIN (
    SELECT ${count("status IN ('pending', 'processing')")} AS in_progress_count,
      ${count("status = 'completed'")} AS completed_count, ${count("status = 'failed'")} AS failed_count,
      ${count("status = 'cancelled'")} AS cancelled_count ${FILES_OF_BATCH}
  ) AS counted
  WHERE ${VISIBLE_STORE} AND vector_store_batches.id = $batchId`

/** Batches of files, equal on both databases. */
export function createFileBatchStatements({
  get,
  free,
  dialect,
}: Transactions): Pick<VectorStoreRecords, 'findBatch' | 'cancelBatch'> {
  return {
    findBatch: async (viewer, storeId, batchId) => {
      const row = await get(FIND, { ...viewerParameters(viewer), storeId, batchId })
      return row && toFileBatch(row)
    },
    cancelBatch: (viewer, storeId, batchId, nowMs) =>
      free(() => cancelBatch(dialect, viewer, { storeId, batchId, nowMs })),
  }
}

/**
 * Cancels the files in progress. A file that was indexed before keeps that revision, and is completed. A batch without
 * files in progress stays as it is.
 */
function* cancelBatch(
  dialect: Dialect,
  viewer: StoreViewer,
  { storeId, batchId, nowMs }: { readonly storeId: string; readonly batchId: string; readonly nowMs: number },
): Steps<FileBatch | null> {
  const { organizationId } = viewer
  const parameters = { ...viewerParameters(viewer), storeId }
  yield* getRows(`SELECT 1 FROM vector_stores WHERE ${VISIBLE_STORE} ${dialect.forUpdate}`, parameters)
  const found = yield* getRow(FIND, { ...parameters, batchId })
  if (found === null) return null
  const rows = yield* getRows(
    `SELECT vector_store_files.id ${FILES_OF_BATCH} AND status IN ('pending', 'processing')`,
    { organizationId, batchId },
  )
  if (rows.length === 0) return toFileBatch(found)
  const storeFileIds = rows.map(({ id }) => String(id))
  yield* cancelIndexing(dialect, organizationId, storeFileIds)
  yield* changeRows(
    `UPDATE vector_store_files SET status = CASE WHEN revision IS NULL THEN 'cancelled' ELSE 'completed' END,
       step = 'done', ended_at_ms = $nowMs
     WHERE ${dialect.isOneOf('id', '$ids')} AND organization_id = $organizationId`,
    { ids: toJsonParameter(storeFileIds), organizationId, nowMs },
  )
  yield* changeRows(
    `DELETE FROM vector_store_documents WHERE ${dialect.isOneOf('vector_store_file_id', '$ids')}
       AND revision <> COALESCE((SELECT revision FROM vector_store_files
         WHERE vector_store_files.id = vector_store_file_id), '')`,
    { ids: toJsonParameter(storeFileIds) },
  )
  yield* changeRows(
    `UPDATE vector_store_batches SET cancelled_at_ms = COALESCE(cancelled_at_ms, $nowMs)
     WHERE id = $batchId AND organization_id = $organizationId`,
    { batchId, organizationId, nowMs },
  )
  const row = yield* getRow(FIND, { ...parameters, batchId })
  return row && toFileBatch(row)
}
