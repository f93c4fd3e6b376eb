import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { File } from '../../domain/files/file.ts'
import { EVENT_COLUMNS } from '../sql/audit-statements.ts'
import { toFile } from '../sql/rows.ts'
import type { PostgresStatements } from './connection.ts'
import { EVENT_INPUT, eventParameters, eventsOf } from './event-input.ts'
import { FILE_COLUMNS, FILE_INPUT, inputParameters } from './file-input.ts'

/**
 * Registers files of many organizations at once. Locks sessions and then organizations, each in the order of their
 * ids, as all other statements do, to avoid deadlocks. Refused content is left out after the lock: PostgreSQL expects few
 * sessions without a failure before it has statistics, and would then read all of them.
 */
export const REGISTER = `
  WITH input AS (${FILE_INPUT}),
  locked AS MATERIALIZED (
    SELECT session.file_id, session.organization_id, session.failure_code FROM upload_sessions AS session
    JOIN input ON input.id = session.file_id AND input.organization_id = session.organization_id
    WHERE session.state IN ('open', 'dead')
    ORDER BY session.file_id FOR NO KEY UPDATE OF session
  ),
  registered AS (
    UPDATE upload_sessions SET state = 'registered', upload_handle = NULL
    FROM locked
    WHERE upload_sessions.file_id = locked.file_id AND upload_sessions.organization_id = locked.organization_id
      AND locked.failure_code IS NULL
    RETURNING upload_sessions.file_id
  ),
  added AS (
    INSERT INTO files (${FILE_COLUMNS})
    SELECT ${FILE_COLUMNS} FROM input JOIN registered ON registered.file_id = input.id
    RETURNING *
  ),
  sums AS (
    SELECT organization_id, sum(size_bytes) AS size_bytes, count(*) AS files, max(uploaded_at_ms) AS now_ms
    FROM added GROUP BY organization_id
  ),
  counting AS MATERIALIZED (
    SELECT organizations.id FROM organizations JOIN sums ON sums.organization_id = organizations.id
    ORDER BY organizations.id FOR NO KEY UPDATE OF organizations
  ),
  counted AS (
    UPDATE organizations
    SET storage_used_bytes = storage_used_bytes + sums.size_bytes,
      storage_reserved_bytes = storage_reserved_bytes - sums.size_bytes,
      file_count = file_count + sums.files,
      unfinished_session_count = unfinished_session_count - sums.files, updated_at_ms = sums.now_ms
    FROM counting JOIN sums ON sums.organization_id = counting.id
    WHERE organizations.id = counting.id
  ),
  audited AS (
    INSERT INTO audit_events (${EVENT_COLUMNS})
    SELECT event.* FROM (${EVENT_INPUT}) AS event WHERE event.target IN (SELECT id FROM added)
  )
  SELECT * FROM added`

export interface FileToRegister {
  readonly file: File
  readonly event: AuditEvent | undefined
}

/**
 * Registers files in one statement, with their audit events. Returns the added ones; the sessions of the others were not
 * unfinished.
 */
export async function registerFiles(
  { change }: PostgresStatements,
  registers: readonly FileToRegister[],
): Promise<File[]> {
  const { rows } = await change(REGISTER, {
    ...inputParameters(registers.map(({ file }) => file)),
    ...eventParameters(eventsOf(registers)),
  })
  return rows.map(toFile)
}
