import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Waybill } from './waybill.ts'

/**
 * Adds `count` File records, spread over a year, to the database of the stopped server, in one statement. By default they
 * are marked as indexed, so that no job runs, and searches find none of them.
 */
export function seedFiles(
  { dataDirectory }: Pick<Waybill, 'dataDirectory'>,
  organizationId: string,
  files: number,
  { isIndexed = true }: { readonly isIndexed?: boolean } = {},
): void {
  const database = new DatabaseSync(join(dataDirectory, 'waybill.db'))
  const columns = database.prepare('PRAGMA table_info (files)').all()
  // Compared versions may be older.
  const isMarked = isIndexed && columns.some(({ name }) => name === 'search_number')
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $files)
       INSERT INTO files (id, organization_id, filename, size_bytes, content_type, object_name, generation, crc32c,
         uploaded_by_api_key_id, uploaded_at_ms, deleted_at_ms${isMarked ? ', search_number' : ''})
       SELECT printf('file_%032x', n), $organizationId, printf('%d.bin', n), 4096, 'application/octet-stream',
         printf('files/%s/file_%032x/%d.bin', $organizationId, n, n), '1', 'AAAAAA==', NULL, 1700000000000 + n, NULL${isMarked ? ', n' : ''}
       FROM numbers`,
    )
    .run({ files, organizationId })
  database
    .prepare('UPDATE organizations SET file_count = file_count + $files WHERE id = $organizationId')
    .run({ files, organizationId })
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

/** Adds `count` open upload sessions without bytes to the database of the stopped server. */
export function seedSessions(
  { dataDirectory }: Pick<Waybill, 'dataDirectory'>,
  organizationId: string,
  sessions: number,
): void {
  const database = new DatabaseSync(join(dataDirectory, 'waybill.db'))
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $sessions)
       INSERT INTO upload_sessions (file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes,
         content_type, state, created_at_ms, expires_at_ms)
       SELECT printf('file_5%031x', n), $organizationId, printf('%064x', n),
         printf('files/%s/file_5%031x/%d.bin', $organizationId, n, n), printf('%d.bin', n), 4096,
         'application/octet-stream', 'open', $createdAtMs + n, $createdAtMs + 600000000 + n
       FROM numbers`,
    )
    .run({ sessions, organizationId, createdAtMs: Date.now() - 3_600_000 })
  database
    .prepare(
      `UPDATE organizations SET storage_reserved_bytes = storage_reserved_bytes + 4096 * $sessions,
         unfinished_session_count = unfinished_session_count + $sessions
       WHERE id = $organizationId`,
    )
    .run({ sessions, organizationId })
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}
