import type { IndexingRecords } from '../records/vector-stores.ts'
import { cancelStoreTasks, END_STORE } from './store-ends.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { ALIVE } from './vector-store-access.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Time for which a removed file remains a cursor, and search indexes can catch up. */
const REMOVED_KEPT_MS = DAY_MS
const LOG_KEPT_MS = 30 * DAY_MS
const BATCH_KEPT_MS = 30 * DAY_MS
/** Time for which an expired or deleted store keeps its record. */
const STORE_KEPT_MS = 30 * DAY_MS

/** Housekeeping of vector stores, for all organizations together. */
export function createStoreHousekeepingStatements({
  all,
  transact,
  free,
  dialect,
}: Transactions): Pick<IndexingRecords, 'forget' | 'expireStores'> {
  return {
    forget: async (nowMs, limit) => {
      let count = 0
      for (const forgetSome of [forgetRemoved, forgetLogs, forgetBatches, emptyStore, forgetStores]) {
        count += await free(() => forgetSome(dialect, nowMs, limit))
      }
      return count
    },

    expireStores: async (nowMs, limit) => {
      const rows = await all(
        `SELECT id, organization_id FROM vector_stores WHERE expires_at_ms <= $nowMs AND ${ALIVE}
         ORDER BY expires_at_ms LIMIT $limit`,
        { nowMs, limit },
      )
      const expired: string[] = []
      for (const { id, organization_id: organizationId } of rows) {
        const storeId = String(id)
        if (await transact(() => expire(dialect, storeId, String(organizationId), nowMs)))
          expired.push(storeId)
      }
      return expired
    },
  }
}

function* expire(dialect: Dialect, storeId: string, organizationId: string, nowMs: number): Steps<boolean> {
  const row = yield* getRow(
    `SELECT 1 FROM vector_stores WHERE id = $storeId AND organization_id = $organizationId
       AND expires_at_ms <= $nowMs AND ${ALIVE} ${dialect.forUpdate}`,
    { storeId, organizationId, nowMs },
  )
  if (row === null) return false
  yield* cancelStoreTasks(dialect, organizationId, storeId)
  yield* changeRows(
    `UPDATE vector_stores SET expired_at_ms = $nowMs, ${END_STORE}
     WHERE id = $storeId AND organization_id = $organizationId`,
    { storeId, organizationId, nowMs },
  )
  return true
}

/** Deletes associations that were removed a day ago. Their stores remember up to which change they forget. */
function* forgetRemoved(dialect: Dialect, nowMs: number, limit: number): Steps<number> {
  const rows = yield* getRows(
    `SELECT id, vector_store_id, seq FROM vector_store_files WHERE removed_at_ms < $beforeMs
     ORDER BY removed_at_ms LIMIT $limit`,
    { beforeMs: nowMs - REMOVED_KEPT_MS, limit },
  )
  const seqs = new Map<string, number>()
  for (const row of rows) {
    const storeId = String(row.vector_store_id)
    seqs.set(storeId, Math.max(seqs.get(storeId) ?? 0, Number(row.seq)))
  }
  for (const [storeId, seq] of [...seqs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    yield* changeRows(
      'UPDATE vector_stores SET forgotten_seq = $seq WHERE id = $storeId AND forgotten_seq < $seq',
      { storeId, seq },
    )
  }
  yield* deleteFiles(
    dialect,
    rows.map(({ id }) => String(id)),
  )
  return rows.length
}

function* forgetLogs(_dialect: Dialect, nowMs: number, limit: number): Steps<number> {
  const { count } = yield* changeRows(
    `DELETE FROM vector_store_logs WHERE (vector_store_file_id, number) IN (
       SELECT vector_store_file_id, number FROM vector_store_logs WHERE at_ms < $beforeMs ORDER BY at_ms LIMIT $limit)`,
    { beforeMs: nowMs - LOG_KEPT_MS, limit },
  )
  return count
}

/** Deletes batches whose files have all ended long ago. */
function* forgetBatches(dialect: Dialect, nowMs: number, limit: number): Steps<number> {
  const rows = yield* getRows(
    `SELECT id FROM vector_store_batches WHERE created_at_ms < $beforeMs
       AND NOT EXISTS (
         SELECT 1 FROM vector_store_batch_files
         JOIN vector_store_files ON vector_store_files.id = vector_store_file_id
         WHERE batch_id = vector_store_batches.id AND removed_at_ms IS NULL
           AND (status IN ('pending', 'processing') OR ended_at_ms >= $beforeMs))
     ORDER BY created_at_ms LIMIT $limit`,
    { beforeMs: nowMs - BATCH_KEPT_MS, limit },
  )
  yield* deleteBatches(
    dialect,
    rows.map(({ id }) => String(id)),
  )
  return rows.length
}

function* deleteBatches(dialect: Dialect, batchIds: readonly string[]): Steps<void> {
  if (batchIds.length === 0) return
  const ids = toJsonParameter(batchIds)
  yield* changeRows(`DELETE FROM vector_store_batch_files WHERE ${dialect.isOneOf('batch_id', '$ids')}`, {
    ids,
  })
  yield* changeRows(`DELETE FROM vector_store_batches WHERE ${dialect.isOneOf('id', '$ids')}`, { ids })
}

/** Deletes associations that no longer count, with all that refers to them. */
function* deleteFiles(dialect: Dialect, storeFileIds: readonly string[]): Steps<void> {
  if (storeFileIds.length === 0) return
  const ids = toJsonParameter(storeFileIds)
  for (const table of ['vector_store_batch_files', 'vector_store_documents', 'vector_store_logs']) {
    yield* changeRows(`DELETE FROM ${table} WHERE ${dialect.isOneOf('vector_store_file_id', '$ids')}`, {
      ids,
    })
  }
  yield* changeRows(`DELETE FROM vector_store_files WHERE ${dialect.isOneOf('id', '$ids')}`, { ids })
}

/** Deletes some files and batches of the deleted or expired store that has waited longest. */
function* emptyStore(dialect: Dialect, _nowMs: number, limit: number): Steps<number> {
  const store = yield* getRow(
    `SELECT id FROM vector_stores WHERE emptying_since_ms IS NOT NULL ORDER BY emptying_since_ms LIMIT 1`,
  )
  if (store === null) return 0
  const storeId = String(store.id)
  const idsOf = (table: string) => `SELECT id FROM ${table} WHERE vector_store_id = $storeId LIMIT $limit`
  const batches = yield* getRows(idsOf('vector_store_batches'), { storeId, limit })
  yield* deleteBatches(
    dialect,
    batches.map(({ id }) => String(id)),
  )
  const files = yield* getRows(idsOf('vector_store_files'), { storeId, limit })
  yield* deleteFiles(
    dialect,
    files.map(({ id }) => String(id)),
  )
  const count = batches.length + files.length
  if (count > 0) return count
  yield* changeRows('UPDATE vector_stores SET emptying_since_ms = NULL WHERE id = $storeId', { storeId })
  return 1
}

/** Deletes the records of empty stores that expired or were deleted long ago. */
function* forgetStores(_dialect: Dialect, nowMs: number, limit: number): Steps<number> {
  let count = 0
  for (const column of ['deleted_at_ms', 'expired_at_ms']) {
    const deleted = yield* changeRows(
      `DELETE FROM vector_stores WHERE id IN (
         SELECT id FROM vector_stores WHERE ${column} < $beforeMs AND emptying_since_ms IS NULL
         ORDER BY ${column} LIMIT $limit)`,
      { beforeMs: nowMs - STORE_KEPT_MS, limit },
    )
    count += deleted.count
  }
  return count
}
