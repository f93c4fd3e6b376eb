import type { AuditRecords } from '../database.ts'
import { toAuditEvent } from './rows.ts'
import type { Statements } from './statements.ts'

/** The audit, the same on both databases. */
export function createAuditStatements({ all, change }: Statements): AuditRecords {
  return {
    add: async (event) => {
      await change(
        `INSERT INTO audit_events (time_ms, organization_id, actor, action, target, outcome, trace_id)
         VALUES ($timeMs, $organizationId, $actor, $action, $target, $outcome, $traceId)`,
        { ...event },
      )
    },

    list: async (organizationId, limit) => {
      const ofOrganization = organizationId === null ? '' : 'WHERE organization_id = $organizationId'
      const parameters = organizationId === null ? { limit } : { organizationId, limit }
      const sql = `SELECT * FROM audit_events ${ofOrganization} ORDER BY id DESC LIMIT $limit`
      return (await all(sql, parameters)).map(toAuditEvent)
    },

    removeBefore: async (timeMs, limit) => {
      const { count } = await change(
        `DELETE FROM audit_events WHERE id IN
           (SELECT id FROM audit_events WHERE time_ms < $timeMs ORDER BY time_ms LIMIT $limit)`,
        { timeMs, limit },
      )
      return count
    },
  }
}
