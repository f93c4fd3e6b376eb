import type { File } from '../../domain/files/file.ts'
import type { FileRecords } from '../records/files.ts'
import { deleteFile } from '../sql/delete-file.ts'
import { createFileStatements, FIND_FILE, objectDisowned } from '../sql/file-statements.ts'
import { WITHIN_QUOTA } from '../sql/quota.ts'
import { toFile } from '../sql/rows.ts'
import type { Connection, Transaction } from './connection.ts'
import { releaseReservation } from './reservation-records.ts'

export function createFileRecords({ statements, transactions, write }: Connection): FileRecords {
  return {
    ...createFileStatements(statements),

    register: (organizationId, file) =>
      write((inside) => {
        if (registerUnlessEnded(inside, organizationId, file)) return file
        const row = inside.get(FIND_FILE, { organizationId, fileId: file.id })
        return row && toFile(row)
      }),

    add: (organizationId, files, reservationId) =>
      write((inside) => addWithinQuota(inside, organizationId, files, reservationId)),

    delete: (organizationId, fileId, nowMs) =>
      transactions.free(() => deleteFile(transactions.dialect, organizationId, fileId, nowMs)),
  }
}

/** Returns false without a change when the session is not unfinished. */
function registerUnlessEnded(inside: Transaction, organizationId: string, file: File): boolean {
  const { id, sizeBytes, uploadedAtMs } = file
  const registered = inside.run(
    `UPDATE upload_sessions SET state = 'registered', upload_handle = NULL
     WHERE organization_id = $organizationId AND file_id = $id AND state IN ('open', 'dead')`,
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
function assertNotDisowned({ get }: Transaction, { objectName }: File): void {
  const disowned = get('SELECT 1 FROM disowned_objects WHERE object_name = $objectName', { objectName })
  if (disowned) throw objectDisowned()
}

function insert({ run }: Transaction, organizationId: string, file: File): void {
  run(
    `INSERT INTO files (id, organization_id, filename, size_bytes, content_type, object_name, generation, crc32c,
       md5, sha256, uploaded_by_api_key_id, uploaded_at_ms, detected_content_type, purpose, expires_at_ms, deleted_at_ms)
     VALUES ($id, $organizationId, $filename, $sizeBytes, $contentType, $objectName, $generation, $crc32c,
       $md5, $sha256, $uploadedByApiKeyId, $uploadedAtMs, $detectedContentType, $purpose, $expiresAtMs, NULL)`,
    { ...file, organizationId },
  )
}
