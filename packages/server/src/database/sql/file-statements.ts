import { ServiceError } from '../../domain/errors.ts'
import type { FileRecords } from '../records/files.ts'
import { readPage } from './pages.ts'
import { toFile } from './rows.ts'
import type { Statements } from './statements.ts'

const STANDING = 'organization_id = $organizationId AND deleted_at_ms IS NULL'

export const FIND_FILE = `SELECT * FROM files WHERE ${STANDING} AND id = $fileId`

/** What of the files is one statement, the same on both databases. */
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

    list: (organizationId, page) =>
      readPage(
        statements,
        {
          total: 'SELECT file_count AS total FROM organizations WHERE id = $organizationId',
          rows: `SELECT * FROM files WHERE ${STANDING}`,
          timeColumn: 'uploaded_at_ms',
          idColumn: 'id',
          parameters: { organizationId },
          parse: toFile,
        },
        page,
      ),
  }
}

/** Why a file that came without a session cannot be added any more. */
export function sweptAway(): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', 'the request took so long that its bytes were swept away')
}
