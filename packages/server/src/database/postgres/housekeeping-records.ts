import type { HousekeepingRecords } from '../records/housekeeping.ts'
import {
  createHousekeepingStatements,
  DISOWN,
  FIND_USE,
  RECOUNT,
  recountSessions,
} from '../sql/housekeeping-statements.ts'
import type { Connection } from './connection.ts'

/** Waits for the transactions that add the object's file; see the function `is_disowned`. */
const LOCK_OBJECT_NAME = 'SELECT pg_advisory_xact_lock(hashtextextended($objectName, 0))'

const LOCK_ORGANIZATION = 'SELECT 1 FROM organizations WHERE id = $organizationId FOR NO KEY UPDATE'

const FORGET_DELETED_FILES = `
  WITH forgotten AS MATERIALIZED (
    SELECT id FROM files WHERE deleted_at_ms < $beforeMs ORDER BY deleted_at_ms LIMIT $limit
  ),
  sessions AS (DELETE FROM upload_sessions USING forgotten WHERE file_id = forgotten.id)
  DELETE FROM files USING forgotten WHERE files.id = forgotten.id`

export function createHousekeepingRecords({ statements, transaction }: Connection): HousekeepingRecords {
  return {
    ...createHousekeepingStatements(statements),

    disown: (objectName, nowMs) =>
      transaction(async ({ get, change }) => {
        await get(LOCK_OBJECT_NAME, { objectName })
        if ((await get(FIND_USE, { objectName })) !== null) return false
        await change(DISOWN, { objectName, nowMs })
        return true
      }),

    recountSessions: (afterId, limit) =>
      recountSessions(statements, { afterId, limit }, (organizationId) =>
        transaction(async ({ get, change }) => {
          // Every change of the count updates this row, so the next statement sees all changes before the lock.
          await get(LOCK_ORGANIZATION, { organizationId })
          await change(RECOUNT, { organizationId })
        }),
      ),

    forgetDeletedFiles: async (beforeMs, limit) =>
      (await statements.change(FORGET_DELETED_FILES, { beforeMs, limit })).count,
  }
}
