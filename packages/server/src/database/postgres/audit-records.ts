import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { AuditRecords } from '../records/audit.ts'
import {
  createAuditStatements,
  EVENT_COLUMNS,
  ON_KNOWN_REFUSAL,
  REFUSAL_COLUMNS,
} from '../sql/audit-statements.ts'
import { createBatches } from './batches.ts'
import type { Connection, PostgresStatements } from './connection.ts'
import { EVENT_ARRAYS, EVENT_INPUT, eventParameters } from './event-input.ts'

/** Inserts events in the order of the arrays. */
const ADD = `INSERT INTO audit_events (${EVENT_COLUMNS}) ${EVENT_INPUT}`

/** Inserts rows in the order of their names, so that two processes cannot deadlock. */
const ADD_REFUSALS = `
  INSERT INTO audit_events (${REFUSAL_COLUMNS})
  SELECT * FROM unnest(${EVENT_ARRAYS}, $counts::bigint[], $rowNames::text[])
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
        ...eventParameters(rows),
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
  await change(ADD, eventParameters(events))
  return events.map(() => undefined)
}
