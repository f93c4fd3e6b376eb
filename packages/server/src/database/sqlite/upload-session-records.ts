import type { UploadSession } from '../../domain/upload-session.ts'
import type { UploadSessionRecords } from '../database.ts'
import type { Connection, Parameters } from './connection.ts'
import { behindPlace, LIMIT_ONE_MORE, pageParameters, toPage } from './pages.ts'
import { WITHIN_QUOTA } from './quota.ts'
import { toUploadSession } from './rows.ts'

const OF_FILE = 'organization_id = $organizationId AND file_id = $fileId'
/** Sessions that hold a reservation. */
const UNFINISHED = "state IN ('open', 'small-chunk', 'dead')"
/** As the partial index says it. */
const OPEN = "organization_id = $organizationId AND state IN ('open', 'small-chunk')"

export function createUploadSessionRecords(connection: Connection): UploadSessionRecords {
  const { get, all, run, read, write } = connection

  const findWhere = (condition: string, parameters: Parameters): UploadSession | null => {
    const row = get(`SELECT * FROM upload_sessions WHERE ${condition}`, parameters)
    return row && toUploadSession(row)
  }

  const update = (changes: string, parameters: Parameters) =>
    write(() => {
      run(`UPDATE upload_sessions SET ${changes}`, parameters)
    })

  /** No end is ever left again, so the reservation goes back once, whoever ends the session first. */
  const end = (state: 'cancelled' | 'expired', scope: Parameters, nowMs: number, expiresByMs: number) =>
    write(() => {
      const session = findWhere(OF_FILE, scope)
      const ended = run(
        `UPDATE upload_sessions SET state = $state, small_chunk_bytes = NULL
         WHERE ${OF_FILE} AND ${UNFINISHED} AND expires_at_ms <= $expiresByMs`,
        { ...scope, state, expiresByMs },
      )
      if (session && ended > 0) releaseReservation(connection, session, nowMs)
      return findWhere(OF_FILE, scope)
    })

  return {
    create: (organizationId, session, uploadIdSha256) =>
      write(() => createSession(connection, organizationId, session, uploadIdSha256)),

    findByFileId: (organizationId, fileId) => read(() => findWhere(OF_FILE, { organizationId, fileId })),

    findByObjectName: (organizationId, objectName) =>
      read(() =>
        findWhere('organization_id = $organizationId AND object_name = $objectName', {
          organizationId,
          objectName,
        }),
      ),

    list: (organizationId, nowMs, page) =>
      read(() => {
        const open = `${OPEN} AND expires_at_ms > $nowMs`
        const scope = { organizationId, nowMs }
        const total = get(`SELECT count(*) AS total FROM upload_sessions WHERE ${open}`, scope)
        const rows = all(
          `SELECT * FROM upload_sessions WHERE ${open} ${behindPlace(page, 'created_at_ms', 'file_id')}
           ORDER BY created_at_ms DESC, file_id DESC ${LIMIT_ONE_MORE}`,
          { ...scope, ...pageParameters(page) },
        )
        return toPage(rows, page, Number(total?.total), toUploadSession)
      }),

    announce: (organizationId, fileId, { crc32c, md5 }) =>
      write(() => {
        run(
          `UPDATE upload_sessions SET announced_crc32c = COALESCE(announced_crc32c, $crc32c),
             announced_md5 = COALESCE(announced_md5, $md5)
           WHERE ${OF_FILE}`,
          { organizationId, fileId, crc32c, md5 },
        )
        return findWhere(OF_FILE, { organizationId, fileId })?.announced ?? null
      }),

    refuseSmallChunks: (organizationId, fileId, bodyBytes) =>
      update(`state = 'small-chunk', small_chunk_bytes = $bodyBytes WHERE ${OF_FILE} AND state = 'open'`, {
        organizationId,
        fileId,
        bodyBytes,
      }),

    kill: (organizationId, fileId) =>
      update(`state = 'dead', small_chunk_bytes = NULL WHERE ${OF_FILE} AND ${UNFINISHED}`, {
        organizationId,
        fileId,
      }),

    cancel: (organizationId, fileId, nowMs) =>
      end('cancelled', { organizationId, fileId }, nowMs, Number.MAX_SAFE_INTEGER),

    expire: (organizationId, fileId, nowMs) => end('expired', { organizationId, fileId }, nowMs, nowMs),
  }
}

/** The check and the reservation are one statement: no two callers can both take the last of the quota. */
function createSession(
  { run }: Connection,
  organizationId: string,
  session: UploadSession,
  uploadIdSha256: string,
): boolean {
  const { sizeBytes, createdAtMs } = session
  const reserved = run(
    `UPDATE organizations
     SET storage_reserved_bytes = storage_reserved_bytes + $sizeBytes, updated_at_ms = $createdAtMs
     WHERE id = $organizationId AND ${WITHIN_QUOTA}`,
    { organizationId, sizeBytes, createdAtMs },
  )
  if (reserved === 0) return false
  run(
    `INSERT INTO upload_sessions (file_id, organization_id, upload_id_sha256, object_name, filename, size_bytes,
       content_type, state, small_chunk_bytes, announced_crc32c, announced_md5, created_at_ms, expires_at_ms)
     VALUES ($fileId, $organizationId, $uploadIdSha256, $objectName, $filename, $sizeBytes,
       $contentType, 'open', NULL, NULL, NULL, $createdAtMs, $expiresAtMs)`,
    {
      organizationId,
      uploadIdSha256,
      sizeBytes,
      createdAtMs,
      fileId: session.fileId,
      objectName: session.objectName,
      filename: session.filename,
      contentType: session.contentType,
      expiresAtMs: session.expiresAtMs,
    },
  )
  return true
}

function releaseReservation({ run }: Connection, session: UploadSession, nowMs: number): void {
  const { organizationId, sizeBytes } = session
  run(
    `UPDATE organizations
     SET storage_reserved_bytes = storage_reserved_bytes - $sizeBytes, updated_at_ms = $nowMs
     WHERE id = $organizationId`,
    { organizationId, sizeBytes, nowMs },
  )
}
