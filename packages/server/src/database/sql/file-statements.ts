import { ServiceError } from '../../domain/errors.ts'
import type { FileListRequest, FileRecords } from '../records/files.ts'
import { readCursorPage } from './cursor-pages.ts'
import { toFile } from './rows.ts'
import type { Statements } from './statements.ts'

const NOT_DELETED = 'organization_id = $organizationId AND deleted_at_ms IS NULL'

/** Columns that `toFile` reads. */
const FILE_COLUMNS = `id, organization_id, filename, size_bytes, content_type, detected_content_type, object_name,
  generation, crc32c, md5, sha256, uploaded_by_api_key_id, uploaded_at_ms, purpose, expires_at_ms`

export const FIND_FILE = `SELECT ${FILE_COLUMNS} FROM files WHERE ${NOT_DELETED} AND id = $fileId`

/** While two versions run, the stored count may be temporarily wrong; a negative one is shown as 0. */
const TOTAL = `SELECT CASE WHEN file_count < 0 THEN 0 ELSE file_count END AS total
  FROM organizations WHERE id = $organizationId`

const NOT_EXPIRED = '(expires_at_ms IS NULL OR expires_at_ms > $nowMs)'

/** File operations that are one statement and equal on both databases. */
export function createFileStatements(
  statements: Statements,
): Pick<FileRecords, 'find' | 'findPosition' | 'list'> {
  const { get } = statements
  return {
    find: async (organizationId, fileId) => {
      const row = await get(FIND_FILE, { organizationId, fileId })
      return row && toFile(row)
    },

    findPosition: async (organizationId, fileId) => {
      const row = await get(
        'SELECT uploaded_at_ms FROM files WHERE organization_id = $organizationId AND id = $fileId',
        { organizationId, fileId },
      )
      return row && { timeMs: Number(row.uploaded_at_ms), id: fileId }
    },

    list: (organizationId, request) => {
      const { purpose, nowMs } = request
      return readCursorPage(
        statements,
        {
          total: TOTAL,
          sources: [
            `SELECT ${FILE_COLUMNS} FROM files WHERE ${NOT_DELETED} AND ${NOT_EXPIRED} ${purposeClause(purpose)}`,
          ],
          sortColumn: 'uploaded_at_ms',
          parameters: {
            organizationId,
            nowMs,
            ...(purpose === null || purpose === 'all' ? {} : { purpose }),
          },
          parse: toFile,
        },
        request,
      )
    },
  }
}

function purposeClause(purpose: FileListRequest['purpose']): string {
  if (purpose === 'all') return ''
  return purpose === null ? 'AND purpose IS NULL' : 'AND purpose = $purpose'
}

/** Returns the error for a file whose object was disowned, see `HousekeepingRecords.disown`. */
export function objectDisowned(): ServiceError {
  return new ServiceError(
    'SERVICE_UNAVAILABLE',
    'the request took too long: its bytes were deleted as orphans',
  )
}
