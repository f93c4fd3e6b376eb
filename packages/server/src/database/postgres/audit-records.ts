import type { AuditEvent, CountedRefusals } from '../../domain/access/audit-event.ts'
import type { AuditRecords } from '../records/audit.ts'
import { createAuditStatements, ON_KNOWN_REFUSAL, REFUSAL_COLUMNS } from '../sql/audit-statements.ts'
import { createBatches } from './batches.ts'
import type { Connection, PostgresStatements } from './connection.ts'

const EVENTS = `$timesMs::bigint[], $organizationIds::text[], $actors::text[], $actions::text[], $targets::text[],
  $outcomes::text[], $traceIds::text[], $clientAddresses::text[]`

/** Inserts events in the order of the arrays. */
const ADD = `
  INSERT INTO audit_events (time_ms, organization_id, actor, action, target, outcome, trace_id, client_address)
  SELECT * FROM unnest(${EVENTS})`

/** Inserts rows in the order of their names, so that two processes cannot deadlock. */
const ADD_REFUSALS = `
  INSERT INTO audit_events (${REFUSAL_COLUMNS})
  SELECT * FROM unnest(${EVENTS}, $counts::bigint[], $rowNames::text[])
    AS refusal (${REFUSAL_COLUMNS}) ORDER BY refusal_key
  ${ON_KNOWN_REFUSAL}`

/** Adds events in batches: every change adds one, so they arrive as often as the changes, which are batched too. */
export function createAuditRecords({ statements }: Connection): AuditRecords {
  return {
    ...createAuditStatements(statements),

    add: createBatches<AuditEvent, undefined>({
      maxItems: 64,
      maxInFlight: 2,
      send: (events) => addTogether(statements, events),
    }),

    addRefusals: async (rows) => {
      await statements.change(ADD_REFUSALS, {
        ...columnsOf(rows),
        counts: rows.map(({ count }) => count),
        rowNames: rows.map(({ rowName }) => rowName),
      })
    },
  }
}

async function addTogether(
  { change }: PostgresStatements,
  events: readonly AuditEvent[],
): Promise<undefined[]> {
  await change(ADD, columnsOf(events))
  return events.map(() => undefined)
}

function columnsOf(events: readonly (AuditEvent | CountedRefusals)[]) {
  return {
    timesMs: events.map(({ timeMs }) => timeMs),
    organizationIds: events.map(({ organizationId }) => organizationId),
    actors: events.map(({ actor }) => actor),
    actions: events.map(({ action }) => action),
    targets: events.map(({ target }) => target),
    outcomes: events.map(({ outcome }) => outcome),
    traceIds: events.map(({ traceId }) => traceId),
    clientAddresses: events.map(({ clientAddress }) => clientAddress),
  }
}
