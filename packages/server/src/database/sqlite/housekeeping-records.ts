import type { HousekeepingRecords } from '../records/housekeeping.ts'
import {
  createHousekeepingStatements,
  DISOWN,
  FIND_USE,
  RECOUNT,
  recountSessions,
} from '../sql/housekeeping-statements.ts'
import type { Connection } from './connection.ts'

export function createHousekeepingRecords({ statements, write }: Connection): HousekeepingRecords {
  return {
    ...createHousekeepingStatements(statements),

    disown: (objectName, nowMs) =>
      write(({ get, run }) => {
        if (get(FIND_USE, { objectName }) !== null) return false
        run(DISOWN, { objectName, nowMs })
        return true
      }),

    recountSessions: (afterId, limit) =>
      recountSessions(statements, { afterId, limit }, (organizationId) =>
        write(({ run }) => run(RECOUNT, { organizationId })),
      ),

    forgetDeletedFiles: (beforeMs, limit) =>
      write(({ all, run }) => {
        const rows = all('SELECT id FROM files WHERE deleted_at_ms < $beforeMs LIMIT $limit', {
          beforeMs,
          limit,
        })
        for (const row of rows) {
          const id = String(row.id)
          run('DELETE FROM upload_sessions WHERE file_id = $id', { id })
          run('DELETE FROM files WHERE id = $id', { id })
        }
        return rows.length
      }),
  }
}
