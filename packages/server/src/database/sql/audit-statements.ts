import { SEVERAL } from '../../domain/access/audit-event.ts'
import type { AuditRecords } from '../records/audit.ts'
import { toAuditRow } from './rows.ts'
import type { Statements } from './statements.ts'

/** Columns of an event. */
export const EVENT_COLUMNS =
  'time_ms, organization_id, actor, action, target, outcome, trace_id, client_address'

/** Columns of counted refusals, in the order of `INSERT_REFUSALS`. */
export const REFUSAL_COLUMNS = `${EVENT_COLUMNS}, count, refusal_key`

/** Adds to the existing row, as `addRefusals` in domain/access/audit-event.ts does. */
export const ON_KNOWN_REFUSAL = `
  ON CONFLICT (refusal_key) WHERE refusal_key IS NOT NULL DO UPDATE SET
    count = audit_events.count + excluded.count,
    action = CASE WHEN audit_events.action = excluded.action THEN excluded.action ELSE '${SEVERAL}' END,
    target = CASE WHEN audit_events.target = excluded.target THEN excluded.target END,
    client_address = CASE WHEN audit_events.client_address IS NOT DISTINCT FROM excluded.client_address
      THEN excluded.client_address ELSE '${SEVERAL}' END`

/** Adds one event, with the properties of an `AuditEvent` as parameters. */
export const INSERT_EVENT = `INSERT INTO audit_events (${EVENT_COLUMNS})
  VALUES ($timeMs, $organizationId, $actor, $action, $target, $outcome, $traceId, $clientAddress)`

/** Audit operations that are one statement and equal on both databases. */
export function createAuditStatements({ all, change }: Statements): Omit<AuditRecords, 'addRefusals'> {
  return {
    add: async (event) => {
      await change(INSERT_EVENT, { ...event })
    },

    list: async (organizationId, limit) => {
      const ofOrganization = organizationId === null ? '' : 'WHERE organization_id = $organizationId'
      const parameters = organizationId === null ? { limit } : { organizationId, limit }
      const sql = `SELECT * FROM audit_events ${ofOrganization} ORDER BY id DESC LIMIT $limit`
      return (await all(sql, parameters)).map(toAuditRow)
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
