import type { File } from '../../domain/files/file.ts'
import type { Deletable } from '../records/files.ts'
import { LIVE_FILE, NOT_EXPIRED, TRASHED_FILE } from './file-statements.ts'
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
  { fileId, deletable, nowMs }: { fileId: string; deletable: Deletable; nowMs: number },
): Steps<File | null> {
  const { rows } = yield* changeRows(
    `UPDATE files SET deleted_at_ms = $nowMs
     WHERE organization_id = $organizationId AND id = $fileId AND deleted_at_ms IS NULL AND ${placeOf(deletable)}
     RETURNING *`,
    { organizationId, fileId, nowMs, ...(typeof deletable === 'object' ? deletable : {}) },
  )
  if (rows[0] === undefined) return null
  const file = toFile(rows[0])
  yield* removeFromStores(dialect, organizationId, fileId, nowMs)
  yield* changeRows(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes - $sizeBytes,
       file_count = file_count - $count, updated_at_ms = $nowMs
     WHERE id = $organizationId`,
    // The trash is not in the count.
    { organizationId, sizeBytes: file.sizeBytes, count: file.trashedAtMs === null ? 1 : 0, nowMs },
  )
  return file
}

/** Moves a file to the trash, and removes it from its vector stores; see `FileRecords.trash`. */
export function* trashFile(
  dialect: Dialect,
  organizationId: string,
  fileId: string,
  nowMs: number,
): Steps<File | null> {
  const { rows } = yield* changeRows(
    `UPDATE files SET trashed_at_ms = $nowMs WHERE ${LIVE_FILE} AND id = $fileId AND ${NOT_EXPIRED} RETURNING *`,
    { organizationId, fileId, nowMs },
  )
  if (rows[0] === undefined) return null
  yield* removeFromStores(dialect, organizationId, fileId, nowMs)
  yield* changeFileCount(organizationId, -1, nowMs)
  return toFile(rows[0])
}

/** Moves a file out of the trash; see `FileRecords.restore`. */
export function* restoreFile(organizationId: string, fileId: string, nowMs: number): Steps<File | null> {
  const { rows } = yield* changeRows(
    `UPDATE files SET trashed_at_ms = NULL WHERE ${TRASHED_FILE} AND id = $fileId AND ${NOT_EXPIRED} RETURNING *`,
    { organizationId, fileId, nowMs },
  )
  if (rows[0] === undefined) return null
  yield* changeFileCount(organizationId, 1, nowMs)
  return toFile(rows[0])
}

function placeOf(deletable: Deletable): string {
  if (deletable === 'all') return 'true'
  return deletable === 'live' ? 'trashed_at_ms IS NULL' : 'trashed_at_ms < $trashedBeforeMs'
}

function* changeFileCount(organizationId: string, count: number, nowMs: number): Steps<void> {
  yield* changeRows(
    'UPDATE organizations SET file_count = file_count + $count, updated_at_ms = $nowMs WHERE id = $organizationId',
    { organizationId, count, nowMs },
  )
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
