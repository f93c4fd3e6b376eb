import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { folderPrefix } from '../../domain/files/folder.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { EVENT_COLUMNS } from '../sql/audit-statements.ts'
import { FREE_BYTES } from '../sql/quota.ts'
import { metadataColumn } from '../sql/rows.ts'
import { checksumsColumn, UPLOAD_SESSION_COLUMNS } from '../sql/upload-session-statements.ts'
import type { PostgresStatements } from './connection.ts'
import { EVENT_INPUT, eventParameters, eventsOf } from './event-input.ts'

export interface NewSession {
  readonly organizationId: string
  readonly session: UploadSession
  readonly uploadIdSha256: string
  readonly maxUnfinished: number
  readonly event: AuditEvent | undefined
}

/**
 * Adds sessions of many organizations in one statement. Quota and session limit are checked in order, each session
 * after those before it. Organizations are locked in the order of their ids, to avoid deadlocks, and read after that.
 * Keys are locked afterwards: FOR SHARE reads the row again, so a change that committed during the wait is seen.
 */
const CREATE = `
  WITH input AS (
    SELECT * FROM unnest($fileIds::text[], $organizationIds::text[], $uploadIdSha256s::text[], $objectNames::text[],
      $filenames::text[], $sizesBytes::bigint[], $contentTypes::text[], $checksums::text[], $uploadHandles::text[],
      $createdAtsMs::bigint[], $expiresAtsMs::bigint[], $apiKeyIds::text[], $apiKeyGenerations::bigint[], $userIds::text[],
      $fileLifetimesMs::bigint[], $areLengthsDeferred::bigint[], $maxSizesBytes::bigint[], $protocols::text[],
      $registers::text[], $metadata::text[], $crc32cs::text[], $md5s::text[], $sha1s::text[], $sha256s::text[],
      $sha512s::text[], $layouts::text[], $purposes::text[], $sharesBytesOf::text[], $filePaths::text[],
      $filesMetadata::text[],
      $maxUnfinished::bigint[])
      WITH ORDINALITY AS session (file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes,
        content_type, checksums, upload_handle, created_at_ms, expires_at_ms, api_key_id, api_key_generation, user_id,
        file_lifetime_ms, is_length_deferred, max_size_bytes, protocol, registers, metadata, announced_crc32c,
        announced_md5, announced_sha1, announced_sha256, announced_sha512, layout, file_purpose, shares_bytes_of,
        file_path, file_metadata, max_unfinished, place)
  ),
  locked AS MATERIALIZED (
    SELECT id, ${FREE_BYTES} AS free_bytes, unfinished_session_count
    FROM organizations WHERE id IN (SELECT organization_id FROM input)
    ORDER BY id FOR NO KEY UPDATE
  ),
  usable AS MATERIALIZED (
    SELECT api_keys.id, api_keys.organization_id, api_keys.generation
    FROM api_keys JOIN locked ON locked.id = api_keys.organization_id
    WHERE api_keys.id IN (SELECT api_key_id FROM input) AND api_keys.state = 'active'
    ORDER BY api_keys.id FOR SHARE OF api_keys
  ),
  asked AS (
    SELECT *, sum(size_bytes) OVER earlier AS bytes_with_earlier, count(*) OVER earlier AS sessions_with_earlier
    FROM input
    WHERE api_key_id IS NULL OR (api_key_id, organization_id, api_key_generation)
      IN (SELECT id, organization_id, generation FROM usable)
    WINDOW earlier AS (PARTITION BY organization_id ORDER BY place)
  ),
  granted AS MATERIALIZED (
    SELECT asked.* FROM asked JOIN locked ON locked.id = asked.organization_id
    WHERE bytes_with_earlier <= free_bytes AND unfinished_session_count + sessions_with_earlier <= max_unfinished
  ),
  sums AS (
    SELECT organization_id, sum(size_bytes) AS size_bytes, count(*) AS sessions, max(created_at_ms) AS now_ms
    FROM granted GROUP BY organization_id
  ),
  reserved AS (
    UPDATE organizations
    SET storage_reserved_bytes = storage_reserved_bytes + sums.size_bytes,
      unfinished_session_count = unfinished_session_count + sums.sessions, updated_at_ms = sums.now_ms
    FROM sums WHERE organizations.id = sums.organization_id
  ),
  added AS (
    INSERT INTO upload_sessions (${UPLOAD_SESSION_COLUMNS})
    SELECT file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes, content_type, 'open',
      checksums, upload_handle, created_at_ms, expires_at_ms, api_key_id, api_key_generation, user_id, file_lifetime_ms,
      is_length_deferred, max_size_bytes, protocol, registers, metadata, announced_crc32c, announced_md5,
      announced_sha1, announced_sha256, announced_sha512, layout, file_purpose, shares_bytes_of,
      file_path, file_metadata
    FROM granted RETURNING file_id
  ),
  audited AS (
    INSERT INTO audit_events (${EVENT_COLUMNS})
    SELECT event.* FROM (${EVENT_INPUT}) AS event WHERE event.target IN (SELECT file_id FROM added)
  )
  SELECT file_id FROM added`

/** Adds the sessions with their audit events. Returns true for each added session. A refused one may still fit alone: refused ones before it count too. */
export async function createSessions(
  { change }: PostgresStatements,
  all: readonly NewSession[],
): Promise<boolean[]> {
  const { rows } = await change(CREATE, {
    fileIds: all.map(({ session }) => session.fileId),
    organizationIds: all.map(({ organizationId }) => organizationId),
    uploadIdSha256s: all.map(({ uploadIdSha256 }) => uploadIdSha256),
    objectNames: all.map(({ session }) => session.objectName),
    filenames: all.map(({ session }) => session.filename),
    sizesBytes: all.map(({ session }) => session.reservedBytes),
    contentTypes: all.map(({ session }) => session.contentType),
    checksums: all.map(({ session }) => checksumsColumn(session)),
    uploadHandles: all.map(({ session }) => session.uploadHandle),
    createdAtsMs: all.map(({ session }) => session.createdAtMs),
    expiresAtsMs: all.map(({ session }) => session.expiresAtMs),
    fileLifetimesMs: all.map(({ session }) => session.fileLifetimeMs),
    areLengthsDeferred: all.map(({ session }) => (session.sizeBytes === null ? 1 : 0)),
    maxSizesBytes: all.map(({ session }) => session.maxSizeBytes),
    protocols: all.map(({ session }) => session.protocol),
    registers: all.map(({ session }) => session.registers),
    metadata: all.map(({ session }) => session.metadata),
    crc32cs: all.map(({ session }) => session.announced.crc32c),
    md5s: all.map(({ session }) => session.announced.md5),
    sha1s: all.map(({ session }) => session.announced.sha1),
    sha256s: all.map(({ session }) => session.announced.sha256),
    sha512s: all.map(({ session }) => session.announced.sha512),
    layouts: all.map(({ session }) => session.layout),
    purposes: all.map(({ session }) => session.purpose),
    sharesBytesOf: all.map(({ session }) => session.sharesBytesOf),
    filePaths: all.map(({ session }) => folderPrefix(session.path)),
    filesMetadata: all.map(({ session }) => metadataColumn(session.fileMetadata)),
    maxUnfinished: all.map(({ maxUnfinished }) => maxUnfinished),
    apiKeyIds: all.map(({ session }) => session.openedBy?.apiKeyId ?? null),
    userIds: all.map(({ session }) => session.openedByUser),
    apiKeyGenerations: all.map(({ session }) => session.openedBy?.generation ?? null),
    ...eventParameters(eventsOf(all)),
  })
  const added = new Set(rows.map((row) => row.file_id))
  return all.map(({ session }) => added.has(session.fileId))
}
