import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UploadSession } from '../src/domain/uploads/upload-session.ts'

const MIGRATIONS = join(import.meta.dirname, '../src/database/migrations')

/** Returns the statements that create the schema of this version. */
export function schemaOfVersion(database: 'sqlite' | 'postgres', version: number): string {
  const folder = join(MIGRATIONS, database)
  const files = readdirSync(folder).sort().slice(0, version)
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
}

/** Two organizations of a version without session counts: `org_a` has three unfinished sessions, `org_b` none. */
export const SESSIONS_BEFORE_COUNTS = `
  INSERT INTO organizations (id, name, state, storage_used_bytes, storage_reserved_bytes, file_count, created_at_ms, updated_at_ms)
    VALUES ('org_a', 'A', 'active', 0, 30, 0, 1, 1), ('org_b', 'B', 'active', 0, 0, 0, 1, 1);
  INSERT INTO upload_sessions (file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes,
      content_type, state, created_at_ms, expires_at_ms)
    SELECT state, CASE state WHEN 'expired' THEN 'org_b' ELSE 'org_a' END, state, state, 'a', 10, 'text/plain', state, 1, 2
    FROM (SELECT 'open' AS state UNION SELECT 'small-chunk' UNION SELECT 'dead' UNION SELECT 'cancelled'
      UNION SELECT 'expired' UNION SELECT 'registered') AS states;`

/**
 * Returns SQL that stores a response `id` in a version without response items, with the item `<id>_in` in its input and
 * `<id>_out` in its output. `json` is the value of another member of the response.
 */
export function responseBeforeItems(id: string, json: string): string {
  return `
  INSERT INTO organizations (id, name, state, storage_used_bytes, storage_reserved_bytes, file_count, created_at_ms, updated_at_ms)
    SELECT 'org_a', 'A', 'active', 0, 0, 0, 1, 1 WHERE NOT EXISTS (SELECT 1 FROM organizations);
  INSERT INTO responses (id, organization_id, created_at_ms, expires_at_ms, bytes, response, input)
    VALUES ('${id}', 'org_a', 1, 9, 99, '{"a":${json},"output":[{"type":"reasoning","id":"${id}_out"}]}',
      '[{"type":"reasoning","id":"${id}_in"}]');`
}

/** Asserts that the open session of `SESSIONS_BEFORE_COUNTS` is read as one of Google's protocol with a known length. */
export function assertOlderSession(session: UploadSession | null): void {
  assert.ok(session)
  const { sizeBytes, reservedBytes, maxSizeBytes, protocol, layout, purpose, registers, failure } = session
  assert.deepEqual(
    { sizeBytes, reservedBytes, maxSizeBytes },
    {
      sizeBytes: 10,
      reservedBytes: 10,
      maxSizeBytes: 10,
    },
  )
  assert.deepEqual(
    { protocol, layout, purpose, registers, failure },
    {
      protocol: 'google',
      layout: 'sequential',
      purpose: null,
      registers: 'on-request',
      failure: null,
    },
  )
}
