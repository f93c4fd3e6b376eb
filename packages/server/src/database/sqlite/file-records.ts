import type { File } from '../../domain/file.ts'
import type { FileRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { behindPlace, LIMIT_ONE_MORE, pageParameters, toPage } from './pages.ts'
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
function registerUnlessEnded({ run }: Connection, organizationId: string, file: File): File | null {
  const { id, sizeBytes, uploadedAtMs } = file
  const registered = run(
    `UPDATE upload_sessions SET state = 'registered', small_chunk_bytes = NULL
     WHERE organization_id = $organizationId AND file_id = $id AND state IN ('open', 'small-chunk', 'dead')`,
    { organizationId, id },
  )
  if (registered === 0) return null
  run(
    `INSERT INTO files (id, organization_id, filename, size_bytes, content_type, object_name, generation, crc32c,
       uploaded_by_api_key_id, uploaded_at_ms, deleted_at_ms)
     VALUES ($id, $organizationId, $filename, $sizeBytes, $contentType, $objectName, $generation, $crc32c,
       $uploadedByApiKeyId, $uploadedAtMs, NULL)`,
    { ...file, organizationId },
  )
  run(
    `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
       storage_reserved_bytes = storage_reserved_bytes - $sizeBytes, file_count = file_count + 1,
       updated_at_ms = $uploadedAtMs
     WHERE id = $organizationId`,
    { organizationId, sizeBytes, uploadedAtMs },
  )
  return file
}
