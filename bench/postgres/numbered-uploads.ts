import type { Client } from 'pg'
import { FILE_COLUMNS } from '../../packages/server/src/database/postgres/file-input.ts'
import type { File } from '../../packages/server/src/domain/files/file.ts'

/**
 * Uploads derived from a number, identically in SQL and in JavaScript. Ids are in the order of time, like real ones, and
 * the organizations take turns.
 */
export interface Numbered {
  readonly first: number
  readonly count: number
  readonly organizations: number
}

const START_MS = 1_700_000_000_000
const NEVER_MS = 4_000_000_000_000
const BYTES = 4096
const TYPE = 'application/octet-stream'
const CRC32C = 'AAAAAA=='

/** SQL for each column of a file; `n` is the number of the upload. */
export function fileColumns(organizations: number) {
  const id = "'file_' || lpad(to_hex(n), 32, '0')"
  const organizationId = `'org_' || lpad((n % ${organizations})::text, 6, '0')`
  return {
    ids: id,
    organizationIds: organizationId,
    filenames: "n || '.bin'",
    sizesBytes: `${BYTES}::bigint`,
    contentTypes: `'${TYPE}'`,
    objectNames: `'files/' || ${organizationId} || '/' || ${id} || '/' || n || '.bin'`,
    generations: "'1'",
    crc32cs: `'${CRC32C}'`,
    md5s: 'NULL::text',
    sha256s: 'NULL::text',
    uploadedByApiKeyIds: "'ak_' || repeat('0', 32)",
    uploadedBy: 'NULL::text',
    uploadedAtsMs: `${START_MS}::bigint + n`,
    detectedContentTypes: 'NULL::text',
    purposes: 'NULL::text',
    fileExpiriesMs: 'NULL::bigint',
    damageTimesMs: 'NULL::bigint',
    sharesBytesOf: 'NULL::text',
    paths: "''",
    filesMetadata: 'NULL::text',
    foldedNames: "n || '.bin'",
  }
}

export function numberedFile(n: number, organizations: number): File {
  const id = `file_${n.toString(16).padStart(32, '0')}`
  const organizationId = `org_${String(n % organizations).padStart(6, '0')}`
  return {
    id,
    organizationId,
    filename: `${n}.bin`,
    sizeBytes: BYTES,
    contentType: TYPE,
    detectedContentType: null,
    objectName: `files/${organizationId}/${id}/${n}.bin`,
    generation: '1',
    crc32c: CRC32C,
    md5: null,
    sha256: null,
    purpose: null,
    path: '',
    metadata: {},
    expiresAtMs: null,
    damagedAtMs: null,
    sharesBytesOf: null,
    trashedAtMs: null,
    uploadedByApiKeyId: `ak_${'0'.repeat(32)}`,
    uploadedBy: null,
    uploadedAtMs: START_MS + n,
  }
}

export async function addOrganizations(client: Client, count: number): Promise<void> {
  await client.query(
    `INSERT INTO organizations (id, name, state, storage_limit_bytes, storage_used_bytes, storage_reserved_bytes,
       file_count, created_at_ms, updated_at_ms)
     SELECT 'org_' || lpad(n::text, 6, '0'), 'Bench', 'active', NULL, 0, 0, 0, ${START_MS}, ${START_MS}
     FROM generate_series(0, $1::int - 1) AS n ON CONFLICT DO NOTHING`,
    [count],
  )
}

/** Adds sessions with complete uploads that are not registered yet. */
export async function addSessions(client: Client, { first, count, organizations }: Numbered): Promise<void> {
  const { ids, organizationIds, objectNames, filenames } = fileColumns(organizations)
  await client.query(
    `INSERT INTO upload_sessions (file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes,
       content_type, state, small_chunk_bytes, announced_crc32c, announced_md5, created_at_ms, expires_at_ms)
     SELECT ${ids}, ${organizationIds}, encode(sha256(n::text::bytea), 'hex'), ${objectNames}, ${filenames}, ${BYTES},
       '${TYPE}', 'open', NULL, NULL, NULL, ${START_MS} + n, ${NEVER_MS}
     FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n`,
    [first, count],
  )
}

/** Adds registered files, their sessions, and two audit events for each. */
export async function addHistory(client: Client, uploads: Numbered): Promise<void> {
  const columns = fileColumns(uploads.organizations)
  await addSessions(client, uploads)
  await client.query(
    `UPDATE upload_sessions SET state = 'registered' FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n
     WHERE file_id = ${columns.ids} AND organization_id = ${columns.organizationIds}`,
    [uploads.first, uploads.count],
  )
  await client.query(
    `INSERT INTO files (${FILE_COLUMNS}) SELECT ${Object.values(columns).join(', ')}
     FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n`,
    [uploads.first, uploads.count],
  )
  await client.query(
    `INSERT INTO audit_events (time_ms, organization_id, actor, action, target, outcome, trace_id)
     SELECT ${columns.uploadedAtsMs}, ${columns.organizationIds}, ${columns.uploadedByApiKeyIds}, action, ${columns.ids},
       'ok', gen_random_uuid()
     FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n,
       (VALUES ('createUploadUrl'), ('registerFile')) AS each (action)`,
    [uploads.first, uploads.count],
  )
}

/** Throws unless every upload was registered, so that the measurement is valid. */
export async function checkRegistered(client: Client, { first, count }: Numbered): Promise<void> {
  const { rows } = await client.query(
    `SELECT count(*) AS count FROM files WHERE id >= 'file_' || lpad(to_hex($1::bigint), 32, '0')
       AND id < 'file_' || lpad(to_hex($1::bigint + $2::bigint), 32, '0')`,
    [first, count],
  )
  if (Number(rows[0].count) !== count) throw new Error(`${rows[0].count} of ${count} uploads were registered`)
}
