import type { File } from '../../domain/files/file.ts'
import { toFile } from './rows.ts'
import { removeFiles } from './store-file-statements.ts'
import { changeRows, type Dialect, getRows, type Steps, toJsonParameter } from './transactions.ts'
import { ALIVE } from './vector-store-access.ts'

/**
 * Marks a file as deleted, removes it from its vector stores and releases its space; see `FileRecords.delete`. The
 * organization comes last, because all uploads and deletes of the organization wait for its row.
 */
export function* deleteFile(
  dialect: Dialect,
  organizationId: string,
  fileId: string,
  nowMs: number,
): Steps<File | null> {
  const { rows } = yield* changeRows(
    `UPDATE files SET deleted_at_ms = $nowMs
     WHERE organization_id = $organizationId AND id = $fileId AND deleted_at_ms IS NULL RETURNING *`,
    { organizationId, fileId, nowMs },
  )
  if (rows[0] === undefined) return null
  const file = toFile(rows[0])
  yield* removeFromStores(dialect, organizationId, fileId, nowMs)
  yield* changeRows(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes - $sizeBytes, file_count = file_count - 1,
       updated_at_ms = $nowMs
     WHERE id = $organizationId`,
    { organizationId, sizeBytes: file.sizeBytes, nowMs },
  )
  return file
}

/** Removes the file from all stores. The file is locked, so that it is not added to another store meanwhile. */
function* removeFromStores(
  dialect: Dialect,
  organizationId: string,
  fileId: string,
  nowMs: number,
): Steps<void> {
  const places = yield* getRows(
    `SELECT id, vector_store_id FROM vector_store_files
     WHERE file_id = $fileId AND organization_id = $organizationId AND removed_at_ms IS NULL`,
    { fileId, organizationId },
  )
  if (places.length === 0) return
  const stores = yield* getRows(
    `SELECT id FROM vector_stores WHERE ${dialect.isOneOf('id', '$storeIds')} AND organization_id = $organizationId
       AND ${ALIVE} ORDER BY id ${dialect.forUpdate}`,
    { storeIds: toJsonParameter(places.map((row) => String(row.vector_store_id))), organizationId },
  )
  const alive = new Set(stores.map(({ id }) => String(id)))
  const storeFileIds = places
    .filter((row) => alive.has(String(row.vector_store_id)))
    .map(({ id }) => String(id))
  yield* removeFiles(dialect, organizationId, storeFileIds, nowMs)
}
