import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/file.ts'
import type { FileRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { behindPlace, LIMIT_ONE_MORE, pageParameters, toPage } from './pages.ts'
import { WITHIN_QUOTA } from './quota.ts'
import { toFile } from './rows.ts'

const STANDING = 'organization_id = $organizationId AND deleted_at_ms IS NULL'

export function createFileRecords(connection: Connection): FileRecords {
  const { get, all, run, read, write } = connection

  const find = (organizationId: string, fileId: string): File | null => {
    const row = get(`SELECT * FROM files WHERE ${STANDING} AND id = $fileId`, { organizationId, fileId })
    return row && toFile(row)
  }

  return {
    register: (organizationId, file) =>
      write(() => registerUnlessEnded(connection, organizationId, file) ?? find(organizationId, file.id)),

    add: (organizationId, files) => write(() => addWithinQuota(connection, organizationId, files)),

    find: (organizationId, fileId) => read(() => find(organizationId, fileId)),

    findPosition: (organizationId, fileId) =>
      read(() => {
        const row = get('SELECT * FROM files WHERE organization_id = $organizationId AND id = $fileId', {
          organizationId,
          fileId,
        })
        return row && { timeMs: Number(row.uploaded_at_ms), id: fileId }
      }),

    list: (organizationId, page) =>
      read(() => {
        const counted = get('SELECT file_count FROM organizations WHERE id = $organizationId', {
          organizationId,
        })
        const rows = all(
          `SELECT * FROM files WHERE ${STANDING} ${behindPlace(page, 'uploaded_at_ms', 'id')}
           ORDER BY uploaded_at_ms DESC, id DESC ${LIMIT_ONE_MORE}`,
          { organizationId, ...pageParameters(page) },
        )
        return toPage(rows, page, Number(counted?.file_count ?? 0), toFile)
      }),

    delete: (organizationId, fileId, nowMs) =>
      write(() => {
        const file = find(organizationId, fileId)
        if (file === null) return null
        run('UPDATE files SET deleted_at_ms = $nowMs WHERE id = $fileId', { fileId, nowMs })
        run(
          `UPDATE organizations SET storage_used_bytes = storage_used_bytes - $sizeBytes,
             file_count = file_count - 1, updated_at_ms = $nowMs
           WHERE id = $organizationId`,
          { organizationId, sizeBytes: file.sizeBytes, nowMs },
        )
        return file
      }),
  }
}

/** The file, added; or null, with nothing changed, when its session is not one that can be registered. */
function registerUnlessEnded(connection: Connection, organizationId: string, file: File): File | null {
  const { run } = connection
  const { id, sizeBytes, uploadedAtMs } = file
  const registered = run(
    `UPDATE upload_sessions SET state = 'registered', small_chunk_bytes = NULL
     WHERE organization_id = $organizationId AND file_id = $id AND state IN ('open', 'small-chunk', 'dead')`,
    { organizationId, id },
  )
  if (registered === 0) return null
  insert(connection, organizationId, file)
  run(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
       storage_reserved_bytes = storage_reserved_bytes - $sizeBytes, file_count = file_count + 1,
       updated_at_ms = $uploadedAtMs
     WHERE id = $organizationId`,
    { organizationId, sizeBytes, uploadedAtMs },
  )
  return file
}

/** The check and the use are one statement, so that no two callers can both take the last of the quota. */
function addWithinQuota(connection: Connection, organizationId: string, files: readonly File[]): boolean {
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const nowMs = files.reduce((latest, file) => Math.max(latest, file.uploadedAtMs), 0)
  const used = connection.run(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
       file_count = file_count + $count, updated_at_ms = $nowMs
     WHERE id = $organizationId AND ${WITHIN_QUOTA}`,
    { organizationId, sizeBytes, count: files.length, nowMs },
  )
  if (used === 0) return false
  for (const file of files) {
    assertNotDisowned(connection, file)
    insert(connection, organizationId, file)
  }
  return true
}

/** In the transaction that adds the file, so that it and the sweep of its object cannot both happen. */
function assertNotDisowned({ get }: Connection, { objectName }: File): void {
  const disowned = get('SELECT 1 FROM disowned_objects WHERE object_name = $objectName', { objectName })
  if (disowned) {
    throw new ServiceError('SERVICE_UNAVAILABLE', 'the request took so long that its bytes were swept away')
  }
}

function insert({ run }: Connection, organizationId: string, file: File): void {
  run(
    `INSERT INTO files (id, organization_id, filename, size_bytes, content_type, object_name, generation, crc32c,
       uploaded_by_api_key_id, uploaded_at_ms, deleted_at_ms)
     VALUES ($id, $organizationId, $filename, $sizeBytes, $contentType, $objectName, $generation, $crc32c,
       $uploadedByApiKeyId, $uploadedAtMs, NULL)`,
    { ...file, organizationId },
  )
}
