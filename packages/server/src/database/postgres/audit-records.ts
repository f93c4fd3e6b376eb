import type { AuditEvent } from '../../domain/audit-event.ts'
import type { AuditRecords } from '../database.ts'
import { createAuditStatements } from '../sql/audit-statements.ts'
import { createBatches } from './batches.ts'
import type { Connection, PostgresStatements } from './connection.ts'

/** In the order in which they came. */
const ADD = `
  INSERT INTO audit_events (time_ms, organization_id, actor, action, target, outcome, trace_id)
  SELECT * FROM unnest($timesMs::bigint[], $organizationIds::text[], $actors::text[], $actions::text[],
    $targets::text[], $outcomes::text[], $traceIds::text[])`

/** Each change has its event, so that they come as often together. */
export function createAuditRecords({ statements }: Connection): AuditRecords {
  return {
    ...createAuditStatements(statements),

    add: createBatches<AuditEvent, undefined>({
      maxItems: 64,
      maxInFlight: 2,
      send: (events) => addTogether(statements, events),
    }),
  }
}

async function addTogether(
  { change }: PostgresStatements,
  events: readonly AuditEvent[],
): Promise<undefined[]> {
  await change(ADD, {
    timesMs: events.map(({ timeMs }) => timeMs),
    organizationIds: events.map(({ organizationId }) => organizationId),
    actors: events.map(({ actor }) => actor),
    actions: events.map(({ action }) => action),
    targets: events.map(({ target }) => target),
    outcomes: events.map(({ outcome }) => outcome),
    traceIds: events.map(({ traceId }) => traceId),
  })
  return events.map(() => undefined)
}
