import { folderPrefix } from '../../domain/files/folder.ts'
import { DIGEST_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { UploadSessionRecords } from '../records/upload-sessions.ts'
import { readPage } from './pages.ts'
import { metadataColumn, toUploadSession } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

/** Condition for one session. */
export const OF_FILE = 'organization_id = $organizationId AND file_id = $fileId'
/** Condition for open sessions, in the form that the partial indexes use. */
const OPEN = "organization_id = $organizationId AND state = 'open'"

/** Condition for sessions that hold a reservation, in the form that the partial indexes use. */
export const UNFINISHED = "state IN ('open', 'dead')"

/** Selects the stored count of the organization's unfinished sessions. */
export const UNFINISHED_COUNT =
  'SELECT unfinished_session_count AS kept FROM organizations WHERE id = $organizationId'

/** Counts open sessions: the stored count minus expired and dead sessions, which are few and indexed. */
const COUNT_OPEN = `
  SELECT unfinished_session_count
    - (SELECT count(*) FROM upload_sessions
       WHERE organization_id = $organizationId AND ${UNFINISHED} AND expires_at_ms <= $nowMs)
    - (SELECT count(*) FROM upload_sessions
       WHERE organization_id = $organizationId AND state = 'dead' AND expires_at_ms > $nowMs) AS total
  FROM organizations WHERE id = $organizationId`

export const FIND_UPLOAD_SESSION = `SELECT * FROM upload_sessions WHERE ${OF_FILE}`

/** Ends an unfinished session. An ended session never changes its state, so its reservation is released only once. */
export const END_UPLOAD_SESSION = `UPDATE upload_sessions SET state = $state
  WHERE ${OF_FILE} AND state IN ('open', 'dead') AND expires_at_ms <= $expiresByMs`

export const UPLOAD_SESSION_COLUMNS = `file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes, content_type, state,
  checksums, upload_handle, created_at_ms, expires_at_ms, api_key_id, api_key_generation, user_id, file_lifetime_ms,
  is_length_deferred, max_size_bytes, protocol, registers, metadata, announced_crc32c, announced_md5, announced_sha1,
  announced_sha256, announced_sha512, layout, file_purpose, shares_bytes_of, file_path, file_metadata`
/** Values of a new session, from `insertParameters`. */
const UPLOAD_SESSION_VALUES = `$fileId, $organizationId, $uploadIdSha256, $objectName, $filename, $reservedBytes, $contentType, 'open',
  $checksums, $uploadHandle, $createdAtMs, $expiresAtMs, $apiKeyId, $apiKeyGeneration, $userId, $fileLifetimeMs,
  $isLengthDeferred, $maxSizeBytes, $protocol, $registers, $metadata, $crc32c, $md5, $sha1, $sha256, $sha512,
  $layout, $purpose, $sharesBytesOf, $filePath, $fileMetadata`

export const INSERT_UPLOAD_SESSION = `INSERT INTO upload_sessions (${UPLOAD_SESSION_COLUMNS}) VALUES (${UPLOAD_SESSION_VALUES})`

const ANNOUNCE = `UPDATE upload_sessions SET
  ${DIGEST_ALGORITHMS.map((name) => `announced_${name} = COALESCE(announced_${name}, $${name})`).join(', ')}
  WHERE ${OF_FILE} RETURNING *`

/** Selects one row when the opening key is still active. */
export const FIND_OPENING_KEY = `SELECT 1 FROM api_keys
  WHERE organization_id = $organizationId AND id = $apiKeyId AND generation = $generation AND state = 'active'`

/** Session operations that are one statement and equal on both databases. */
export function createUploadSessionStatements(
  statements: Statements,
): Omit<
  UploadSessionRecords,
  | 'create'
  | 'createRegistered'
  | 'cancel'
  | 'expire'
  | 'setLength'
  | 'reserve'
  | 'addReserved'
  | 'markEmpty'
  | 'fail'
  | 'concatenate'
> {
  const { get, all, change } = statements

  const find = async (sql: string, parameters: Parameters): Promise<UploadSession | null> => {
    const row = await get(sql, parameters)
    return row && toUploadSession(row)
  }

  return {
    countUnfinished: async (organizationId) =>
      Number((await get(UNFINISHED_COUNT, { organizationId }))?.kept ?? 0),

    findByFileId: (organizationId, fileId) => find(FIND_UPLOAD_SESSION, { organizationId, fileId }),

    findByObjectName: (organizationId, objectName) =>
      find(
        'SELECT * FROM upload_sessions WHERE organization_id = $organizationId AND object_name = $objectName',
        { organizationId, objectName },
      ),

    list: (organizationId, nowMs, page) =>
      readPage(
        statements,
        {
          total: COUNT_OPEN,
          rows: `SELECT * FROM upload_sessions WHERE ${OPEN} AND expires_at_ms > $nowMs`,
          timeColumn: 'created_at_ms',
          idColumn: 'file_id',
          parameters: { organizationId, nowMs },
          parse: toUploadSession,
        },
        page,
      ),

    listOfS3: async (organizationId, nowMs, limit) => {
      const rows = await all(
        `SELECT * FROM upload_sessions WHERE ${OPEN} AND expires_at_ms > $nowMs AND protocol = 's3' LIMIT $limit`,
        { organizationId, nowMs, limit },
      )
      return rows.map(toUploadSession)
    },

    announce: async (organizationId, fileId, hashes) => {
      const { rows } = await change(ANNOUNCE, { organizationId, fileId, ...hashes })
      return rows[0] ? toUploadSession(rows[0]).announced : null
    },

    saveProtocolState: async (organizationId, fileId, protocolState) => {
      await change(
        `UPDATE upload_sessions SET protocol_state = $protocolState WHERE ${OF_FILE} AND state = 'open'`,
        { organizationId, fileId, protocolState },
      )
    },

    replaceProtocolState: async (organizationId, fileId, expected, protocolState) => {
      const { count } = await change(
        `UPDATE upload_sessions SET protocol_state = $protocolState
         WHERE ${OF_FILE} AND state = 'open' AND protocol_state IS NOT DISTINCT FROM $expected`,
        { organizationId, fileId, expected, protocolState },
      )
      return count > 0
    },

    markDead: async (organizationId, fileId) => {
      await change(
        `UPDATE upload_sessions SET state = 'dead'
         WHERE ${OF_FILE} AND state IN ('open', 'dead')`,
        { organizationId, fileId },
      )
    },

    forgetHandle: async (organizationId, fileId) => {
      await change(
        `UPDATE upload_sessions SET upload_handle = NULL
         WHERE ${OF_FILE} AND state IN ('cancelled', 'expired')`,
        { organizationId, fileId },
      )
    },
  }
}

export function insertParameters(
  organizationId: string,
  session: UploadSession,
  uploadIdSha256: string,
): Parameters {
  const {
    fileId,
    objectName,
    filename,
    sizeBytes,
    reservedBytes,
    maxSizeBytes,
    contentType,
    protocol,
    layout,
    registers,
    metadata,
    announced,
    uploadHandle,
    createdAtMs,
    expiresAtMs,
    fileLifetimeMs,
    purpose,
    sharesBytesOf,
  } = session
  const checksums = checksumsColumn(session)
  return {
    fileId,
    organizationId,
    uploadIdSha256,
    objectName,
    filename,
    reservedBytes,
    isLengthDeferred: sizeBytes === null ? 1 : 0,
    maxSizeBytes,
    contentType,
    protocol,
    layout,
    registers,
    metadata,
    ...announced,
    checksums,
    uploadHandle,
    createdAtMs,
    expiresAtMs,
    apiKeyId: session.openedBy?.apiKeyId ?? null,
    apiKeyGeneration: session.openedBy?.generation ?? null,
    userId: session.openedByUser,
    fileLifetimeMs,
    purpose,
    sharesBytesOf,
    filePath: folderPrefix(session.path),
    fileMetadata: metadataColumn(session.fileMetadata),
  }
}

/** Returns the column value that `rows.ts` reads; null when no checksum was requested. */
export function checksumsColumn({ checksums }: UploadSession): string | null {
  return checksums.length === 0 ? null : checksums.join(',')
}
