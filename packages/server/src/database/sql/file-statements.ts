import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { foldedName } from '../../domain/files/folded-name.ts'
import { folderPrefix } from '../../domain/files/folder.ts'
import type { FileListRequest, FileRecords } from '../records/files.ts'
import { readCursorPage } from './cursor-pages.ts'
import { metadataColumn, toFile } from './rows.ts'
import type { Statements } from './statements.ts'

const NOT_DELETED = 'organization_id = $organizationId AND deleted_at_ms IS NULL'

/** Condition for the files of an organization that clients see. */
export const LIVE_FILE = `${NOT_DELETED} AND trashed_at_ms IS NULL`
export const TRASHED_FILE = `${NOT_DELETED} AND trashed_at_ms IS NOT NULL`

/** Columns that `toFile` reads. */
export const FILE_COLUMNS = `id, organization_id, filename, size_bytes, content_type, detected_content_type, object_name,
  generation, crc32c, md5, sha256, uploaded_by_api_key_id, uploaded_by, uploaded_at_ms, purpose, expires_at_ms, damaged_at_ms,
  shares_bytes_of, path, metadata, trashed_at_ms`

export const FIND_FILE = `SELECT ${FILE_COLUMNS} FROM files WHERE ${LIVE_FILE} AND id = $fileId`

/** While two versions run, the stored count may be temporarily wrong; a negative one is shown as 0. */
const TOTAL = `SELECT CASE WHEN file_count < 0 THEN 0 ELSE file_count END AS total
  FROM organizations WHERE id = $organizationId`

export const NOT_EXPIRED = '(expires_at_ms IS NULL OR expires_at_ms > $nowMs)'

const FIND_BY_CONTENT = `SELECT ${FILE_COLUMNS} FROM files
  WHERE ${NOT_DELETED} AND sha256 = $sha256 AND size_bytes = $sizeBytes AND damaged_at_ms IS NULL AND ${NOT_EXPIRED}
  ORDER BY uploaded_at_ms, id LIMIT 1`

/** First of the files that share the bytes of the damaged object. */
const FIRST_WITH_BYTES = `(SELECT COALESCE(shares_bytes_of, id) FROM files
  WHERE ${NOT_DELETED} AND id = $fileId AND object_name = $name AND generation = COALESCE($generation, generation))`

/** The list has one index for each of its parts; a condition with OR would read all files. */
export const MARK_DAMAGED = `UPDATE files SET damaged_at_ms = $nowMs
  WHERE ${NOT_DELETED} AND damaged_at_ms IS NULL AND id IN (
    SELECT ${FIRST_WITH_BYTES} UNION ALL
    SELECT id FROM files WHERE ${NOT_DELETED} AND shares_bytes_of = ${FIRST_WITH_BYTES})`

/** File operations that are one statement and equal on both databases. */
export function createFileStatements(
  statements: Statements,
): Omit<
  FileRecords,
  'register' | 'add' | 'delete' | 'trash' | 'restore' | 'update' | 'search' | 'listFolders' | 'indexForSearch'
> {
  const { get, all, change } = statements
  return {
    find: async (organizationId, fileId) => {
      const row = await get(FIND_FILE, { organizationId, fileId })
      return row && toFile(row)
    },

    findTrashed: async (organizationId, fileId) => {
      const row = await get(`SELECT ${FILE_COLUMNS} FROM files WHERE ${TRASHED_FILE} AND id = $fileId`, {
        organizationId,
        fileId,
      })
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
      const { purpose, state, nowMs } = request
      const files = state === 'live' ? LIVE_FILE : TRASHED_FILE
      return readCursorPage(
        statements,
        {
          total: TOTAL,
          sources: [
            `SELECT ${FILE_COLUMNS} FROM files WHERE ${files} AND ${NOT_EXPIRED} ${purposeClause(purpose)}`,
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

    findByContent: async (organizationId, { sha256, sizeBytes }, nowMs) => {
      const row = await get(FIND_BY_CONTENT, { organizationId, sha256, sizeBytes, nowMs })
      return row && toFile(row)
    },

    markDamaged: async (organizationId, fileId, { name, generation }, nowMs) => {
      // Most calls are about damage that is known, and cost no write.
      const known = await get(
        `SELECT 1 FROM files WHERE ${NOT_DELETED} AND id = $fileId AND damaged_at_ms IS NULL`,
        { organizationId, fileId },
      )
      if (known === null) return
      await change(MARK_DAMAGED, { organizationId, fileId, name, generation, nowMs })
    },

    markSound: async (organizationId, fileId, verifiedFromMs) => {
      await change(
        `UPDATE files SET damaged_at_ms = NULL
         WHERE ${NOT_DELETED} AND id = $fileId AND damaged_at_ms < $verifiedFromMs`,
        { organizationId, fileId, verifiedFromMs },
      )
    },

    listDamaged: async (limit) => {
      const sql = `SELECT ${FILE_COLUMNS} FROM files WHERE deleted_at_ms IS NULL AND damaged_at_ms IS NOT NULL
        ORDER BY damaged_at_ms LIMIT $limit`
      return (await all(sql, { limit })).map(toFile)
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

/** Returns the values of the columns that searches and folders read. */
export function placeColumns({ filename, path, metadata }: Pick<File, 'filename' | 'path' | 'metadata'>) {
  return {
    path: folderPrefix(path),
    metadata: metadataColumn(metadata),
    foldedName: foldedName(filename),
  }
}
