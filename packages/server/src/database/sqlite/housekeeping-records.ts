import type { ObjectUse } from '../../domain/object-use.ts'
import type { HousekeepingRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { toFile, toSessionState, toUploadSession } from './rows.ts'

export function createHousekeepingRecords({ get, all, run, read, write }: Connection): HousekeepingRecords {
  const useOf = (objectName: string): ObjectUse => {
    const file = get('SELECT deleted_at_ms FROM files WHERE object_name = $objectName', { objectName })
    if (file) return file.deleted_at_ms === null ? 'file' : 'deleted-file'
    const session = get('SELECT * FROM upload_sessions WHERE object_name = $objectName', { objectName })
    return session && toSessionState(session).kind
  }

  return {
    listOverdueSessions: (nowMs, limit) =>
      read(() =>
        all(
          `SELECT * FROM upload_sessions
           WHERE state IN ('open', 'small-chunk', 'dead') AND expires_at_ms <= $nowMs
           ORDER BY expires_at_ms LIMIT $limit`,
          { nowMs, limit },
        ).map(toUploadSession),
      ),

    listFiles: (afterId, limit) =>
      read(() =>
        all('SELECT * FROM files WHERE deleted_at_ms IS NULL AND id > $afterId ORDER BY id LIMIT $limit', {
          afterId,
          limit,
        }).map(toFile),
      ),

    findUse: (objectName) => read(() => useOf(objectName)),

    disown: (objectName, nowMs) =>
      write(() => {
        if (useOf(objectName) !== null) return false
        run(
          `INSERT INTO disowned_objects (object_name, disowned_at_ms) VALUES ($objectName, $nowMs)
           ON CONFLICT (object_name) DO UPDATE SET disowned_at_ms = $nowMs`,
          { objectName, nowMs },
        )
        return true
      }),

    forgetSessions: (beforeMs, limit) =>
      write(() =>
        run(
          `DELETE FROM upload_sessions WHERE file_id IN (
             SELECT file_id FROM upload_sessions
             WHERE state IN ('cancelled', 'expired') AND expires_at_ms < $beforeMs LIMIT $limit)`,
          { beforeMs, limit },
        ),
      ),

    forgetDeletedFiles: (beforeMs, limit) =>
      write(() => {
        const rows = all('SELECT id FROM files WHERE deleted_at_ms < $beforeMs LIMIT $limit', {
          beforeMs,
          limit,
        })
        for (const { id } of rows) {
          run('DELETE FROM upload_sessions WHERE file_id = $id', { id: id ?? null })
          run('DELETE FROM files WHERE id = $id', { id: id ?? null })
        }
        return rows.length
      }),

    forgetDisowned: (beforeMs, limit) =>
      write(() =>
        run(
          `DELETE FROM disowned_objects WHERE object_name IN (
             SELECT object_name FROM disowned_objects WHERE disowned_at_ms < $beforeMs LIMIT $limit)`,
          { beforeMs, limit },
        ),
      ),
  }
}
