import type { File } from '../../domain/files/file.ts'
import type { FileRecords } from '../records/files.ts'
import { INSERT_EVENT } from '../sql/audit-statements.ts'
import { deleteFile, restoreFile, trashFile } from '../sql/delete-file.ts'
import { createFileStatements, FIND_FILE, objectDisowned, placeColumns } from '../sql/file-statements.ts'
import { INSERT_FILE } from '../sql/insert-file.ts'
import { createFolderList } from '../sql/list-folders.ts'
import { WITHIN_QUOTA } from '../sql/quota.ts'
import { toFile } from '../sql/rows.ts'
import { createFileSearch } from '../sql/search-files.ts'
import { createFileUpdate } from '../sql/update-file.ts'
import type { Connection, Transaction } from './connection.ts'
import { createFileIndexing, SQLITE_FILE_SEARCH } from './file-search.ts'
import { releaseReservation } from './reservation-records.ts'

export function createFileRecords(connection: Connection): FileRecords {
  const { statements, transactions, write } = connection
  return {
    ...createFileStatements(statements),
    ...createFileSearch(statements, SQLITE_FILE_SEARCH),
    ...createFolderList(statements, SQLITE_FILE_SEARCH),
    ...createFileUpdate(transactions, 'search_number'),
    ...createFileIndexing(connection),

    register: (organizationId, file, event) =>
      write((inside) => {
        if (registerUnlessEnded(inside, organizationId, file)) {
          if (event) inside.run(INSERT_EVENT, { ...event })
          return file
        }
        const row = inside.get(FIND_FILE, { organizationId, fileId: file.id })
        return row && toFile(row)
      }),

    add: (organizationId, files, reservationId, event) =>
      write((inside) => {
        const isAdded = addWithinQuota(inside, organizationId, files, reservationId)
        if (isAdded && event) inside.run(INSERT_EVENT, { ...event })
        return isAdded
      }),

    delete: (organizationId, fileId, nowMs, deletable = 'live') =>
      transactions.free(() => deleteFile(transactions.dialect, organizationId, { fileId, deletable, nowMs })),

    trash: (organizationId, fileId, nowMs) =>
      transactions.free(() => trashFile(transactions.dialect, organizationId, fileId, nowMs)),

    restore: (organizationId, fileId, nowMs) =>
      transactions.transact(() => restoreFile(organizationId, fileId, nowMs)),
  }
}

/** Returns false without a change when the session is not unfinished. */
export function registerUnlessEnded(inside: Transaction, organizationId: string, file: File): boolean {
  const { id, sizeBytes, uploadedAtMs } = file
  const registered = inside.run(
    `UPDATE upload_sessions SET state = 'registered', upload_handle = NULL
     WHERE organization_id = $organizationId AND file_id = $id AND state IN ('open', 'dead') AND failure_code IS NULL`,
    { organizationId, id },
  )
  if (registered === 0) return false
  insert(inside, organizationId, file)
  inside.run(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
       storage_reserved_bytes = storage_reserved_bytes - $sizeBytes, file_count = file_count + 1,
       unfinished_session_count = unfinished_session_count - 1, updated_at_ms = $uploadedAtMs
     WHERE id = $organizationId`,
    { organizationId, sizeBytes, uploadedAtMs },
  )
  return true
}

/** Checks and uses the quota in one statement, so that concurrent callers cannot exceed it together. */
function addWithinQuota(
  inside: Transaction,
  organizationId: string,
  files: readonly File[],
  reservationId: string | null,
): boolean {
  if (reservationId !== null) releaseReservation(inside, organizationId, reservationId)
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const nowMs = files.reduce((latest, file) => Math.max(latest, file.uploadedAtMs), 0)
  const used = inside.run(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
       file_count = file_count + $count, updated_at_ms = $nowMs
     WHERE id = $organizationId AND ${WITHIN_QUOTA}`,
    { organizationId, sizeBytes, count: files.length, nowMs },
  )
  if (used === 0) return false
  for (const file of files) {
    assertNotDisowned(inside, file)
    insert(inside, organizationId, file)
  }
  return true
}

/** Must run in the transaction that adds the file: then a sweep cannot disown the object in between. */
export function assertNotDisowned({ get }: Transaction, { objectName }: File): void {
  const disowned = get('SELECT 1 FROM disowned_objects WHERE object_name = $objectName', { objectName })
  if (disowned) throw objectDisowned()
}

function insert({ run }: Transaction, organizationId: string, file: File): void {
  run(INSERT_FILE, { ...file, ...placeColumns(file), organizationId })
}
