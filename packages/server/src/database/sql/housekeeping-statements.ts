import type { ObjectUse } from '../../domain/uploads/object-use.ts'
import type { HousekeepingRecords } from '../records/housekeeping.ts'
import { type Row, toFile, toSessionState, toUploadSession } from './rows.ts'
import { REVOKED_LINKS } from './share-link-statements.ts'
import type { Statements } from './statements.ts'
import { UNFINISHED } from './upload-session-statements.ts'

/** Selects the record that uses the object, if there is one: the file, or else the session. */
export const FIND_USE = `
  SELECT 'file' AS record, deleted_at_ms, NULL AS state, NULL AS failure_code
    FROM files WHERE object_name = $objectName
  UNION ALL
  SELECT 'session' AS record, NULL AS deleted_at_ms, state, failure_code
    FROM upload_sessions WHERE object_name = $objectName
  ORDER BY record LIMIT 1`

export const DISOWN = `
  INSERT INTO disowned_objects (object_name, disowned_at_ms) VALUES ($objectName, $nowMs)
  ON CONFLICT (object_name) DO UPDATE SET disowned_at_ms = $nowMs`

const countWhere = (condition: string) =>
  `(SELECT count(*) FROM (SELECT 1 FROM upload_sessions WHERE ${condition} LIMIT $limit) AS counted)`

/** Counts with partial indexes that hold exactly the counted rows, so that no row is read. */
const COUNT_SESSIONS = `
  SELECT (SELECT sum(unfinished_session_count) FROM organizations) AS unfinished, ${countWhere("state = 'dead'")} AS dead,
    ${countWhere("state IN ('cancelled', 'expired')")} AS ended`

/** Selects the stored counts of organizations and the actual ones. */
const COMPARE_COUNTS = `
  SELECT id, unfinished_session_count AS kept,
    (SELECT count(*) FROM upload_sessions WHERE organization_id = organizations.id AND ${UNFINISHED}) AS found
  FROM organizations WHERE id > $afterId ORDER BY id LIMIT $limit`

/** Corrects a count; needs a transaction that locks the count and the sessions' reservations. */
export const RECOUNT = `
  UPDATE organizations SET unfinished_session_count =
    (SELECT count(*) FROM upload_sessions WHERE organization_id = $organizationId AND ${UNFINISHED})
  WHERE id = $organizationId`

const LIST_SELF_REGISTERING = `SELECT * FROM upload_sessions
  WHERE registers = 'when-complete' AND ${UNFINISHED} AND failure_code IS NULL AND file_id > $afterId
  ORDER BY file_id LIMIT $limit`

/** Condition for the unfinished sessions of a joined revocation. */
const REVOKED_SESSIONS = `upload_sessions.organization_id = key_revocations.organization_id
  AND upload_sessions.api_key_id = key_revocations.api_key_id
  AND upload_sessions.api_key_generation < key_revocations.sessions_below
  AND upload_sessions.state IN ('open', 'dead')`

const LIST_REVOKED = `SELECT upload_sessions.* FROM key_revocations JOIN upload_sessions ON ${REVOKED_SESSIONS}
  WHERE key_revocations.unended_since_ms IS NOT NULL
    AND key_revocations.api_key_id = COALESCE($apiKeyId, key_revocations.api_key_id)
  LIMIT $limit`

const SETTLE_REVOCATIONS = `UPDATE key_revocations SET unended_since_ms = NULL
  WHERE unended_since_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM upload_sessions WHERE ${REVOKED_SESSIONS})`

/** Housekeeping operations that are one statement and equal on both databases. */
export function createHousekeepingStatements(
  statements: Statements,
): Omit<HousekeepingRecords, 'disown' | 'forgetDeletedFiles' | 'recountSessions'> {
  return {
    ...createSessionStatements(statements),
    ...createRevocationStatements(statements),
    ...createObjectStatements(statements),
  }
}

/** Operations on sessions that have no file. */
function createSessionStatements({ get, all, change }: Statements) {
  return {
    listOverdueSessions: async (nowMs, limit) => {
      const rows = await all(
        `SELECT * FROM upload_sessions
         WHERE state IN ('open', 'dead') AND expires_at_ms <= $nowMs
         ORDER BY expires_at_ms LIMIT $limit`,
        { nowMs, limit },
      )
      return rows.map(toUploadSession)
    },

    listSelfRegistering: async (afterId, limit) => {
      const rows = await all(LIST_SELF_REGISTERING, { afterId, limit })
      return rows.map(toUploadSession)
    },

    listExpiredFiles: async (nowMs, limit) => {
      const rows = await all(
        `SELECT * FROM files WHERE deleted_at_ms IS NULL AND expires_at_ms IS NOT NULL AND expires_at_ms <= $nowMs
         ORDER BY expires_at_ms LIMIT $limit`,
        { nowMs, limit },
      )
      return rows.map(toFile)
    },

    listTrashedBefore: async (beforeMs, limit) => {
      const rows = await all(
        `SELECT * FROM files WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NOT NULL AND trashed_at_ms < $beforeMs
         ORDER BY trashed_at_ms LIMIT $limit`,
        { beforeMs, limit },
      )
      return rows.map(toFile)
    },

    listUndeletedUploads: async (limit) => {
      const rows = await all(
        `SELECT * FROM upload_sessions
         WHERE upload_handle IS NOT NULL AND state IN ('cancelled', 'expired')
         ORDER BY expires_at_ms DESC LIMIT $limit`,
        { limit },
      )
      return rows.map(toUploadSession)
    },

    countSessions: async (limit) => {
      const row = await get(COUNT_SESSIONS, { limit })
      const dead = Number(row?.dead)
      return { open: Math.max(0, Number(row?.unfinished) - dead), dead, ended: Number(row?.ended) }
    },

    forgetSessions: async (beforeMs, limit) => {
      const { count } = await change(
        `DELETE FROM upload_sessions WHERE file_id IN (
           SELECT file_id FROM upload_sessions
           WHERE state IN ('cancelled', 'expired') AND expires_at_ms < $beforeMs LIMIT $limit)`,
        { beforeMs, limit },
      )
      return count
    },
  } satisfies Partial<HousekeepingRecords>
}

/** Operations on revocations of keys, and on the sessions that they end. */
function createRevocationStatements({ all, change }: Statements) {
  return {
    listRevokedSessions: async (apiKeyId, limit) => {
      const rows = await all(LIST_REVOKED, { apiKeyId, limit })
      return rows.map(toUploadSession)
    },

    settleRevocations: async () => {
      await change(SETTLE_REVOCATIONS)
    },

    forgetRevocations: async (beforeMs, limit) => {
      const { count } = await change(
        `DELETE FROM key_revocations WHERE api_key_id IN (
           SELECT api_key_id FROM key_revocations
           WHERE revoked_at_ms < $beforeMs AND unended_since_ms IS NULL
             AND NOT EXISTS (SELECT 1 FROM share_links WHERE ${REVOKED_LINKS})
           LIMIT $limit)`,
        { beforeMs, limit },
      )
      return count
    },
  } satisfies Partial<HousekeepingRecords>
}

/** Operations on the records of stored objects. */
function createObjectStatements({ get, all, change }: Statements) {
  return {
    listFiles: async (afterId, limit) => {
      const rows = await all('SELECT * FROM files WHERE id > $afterId ORDER BY id LIMIT $limit', {
        afterId,
        limit,
      })
      const existing = rows.filter((row) => row.deleted_at_ms === null)
      return { files: existing.map(toFile), lastId: rows.length === 0 ? null : String(rows.at(-1)?.id) }
    },

    findUse: async (objectName) => toUse(await get(FIND_USE, { objectName })),

    forgetDisowned: async (beforeMs, limit) => {
      const { count } = await change(
        `DELETE FROM disowned_objects WHERE object_name IN (
           SELECT object_name FROM disowned_objects WHERE disowned_at_ms < $beforeMs LIMIT $limit)`,
        { beforeMs, limit },
      )
      return count
    },
  } satisfies Partial<HousekeepingRecords>
}

/** Compares the next counts and calls `recount` for those that differ; see `HousekeepingRecords.recountSessions`. */
export async function recountSessions(
  { all }: Pick<Statements, 'all'>,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
  recount: (organizationId: string) => Promise<unknown>,
): Promise<string | null> {
  const rows = await all(COMPARE_COUNTS, { afterId, limit })
  for (const { id, kept, found } of rows) {
    if (Number(kept) !== Number(found)) await recount(String(id))
  }
  return rows.length === 0 ? null : String(rows.at(-1)?.id)
}

function toUse(row: Row | null): ObjectUse {
  if (row === null) return null
  if (row.record === 'session') return row.failure_code === null ? toSessionState(row).kind : 'refused'
  return row.deleted_at_ms === null ? 'file' : 'deleted-file'
}
