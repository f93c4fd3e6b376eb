import type { AuditRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { toAuditEvent } from './rows.ts'

export function createAuditRecords({ all, run, read, write }: Connection): AuditRecords {
  return {
    add: (event) =>
      write(() => {
        run(
          `INSERT INTO audit_events (time_ms, organization_id, actor, action, target, outcome, trace_id)
           VALUES ($timeMs, $organizationId, $actor, $action, $target, $outcome, $traceId)`,
          { ...event },
        )
      }),

    list: (organizationId, limit) =>
      read(() => {
        const ofOrganization = organizationId === null ? '' : 'WHERE organization_id = $organizationId'
        const parameters = organizationId === null ? { limit } : { organizationId, limit }
        const sql = `SELECT * FROM audit_events ${ofOrganization} ORDER BY id DESC LIMIT $limit`
        return all(sql, parameters).map(toAuditEvent)
      }),

    removeBefore: (timeMs, limit) =>
      write(() =>
        run(
          `DELETE FROM audit_events WHERE id IN
             (SELECT id FROM audit_events WHERE time_ms < $timeMs ORDER BY time_ms LIMIT $limit)`,
          { timeMs, limit },
        ),
      ),
  }
}
