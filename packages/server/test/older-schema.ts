import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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
