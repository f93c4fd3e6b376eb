import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { EVENT_COLUMNS } from '../sql/audit-statements.ts'

/** Arrays of `eventParameters`, in the order of `EVENT_COLUMNS`. */
export const EVENT_ARRAYS = `$timesMs::bigint[], $eventOrganizationIds::text[], $actors::text[], $actions::text[],
  $targets::text[], $outcomes::text[], $traceIds::text[], $clientAddresses::text[]`

/** Selects the events of `eventParameters` as rows. */
export const EVENT_INPUT = `SELECT * FROM unnest(${EVENT_ARRAYS}) AS event (${EVENT_COLUMNS})`

export function eventParameters(events: readonly AuditEvent[]) {
  return {
    timesMs: events.map(({ timeMs }) => timeMs),
    eventOrganizationIds: events.map(({ organizationId }) => organizationId),
    actors: events.map(({ actor }) => actor),
    actions: events.map(({ action }) => action),
    targets: events.map(({ target }) => target),
    outcomes: events.map(({ outcome }) => outcome),
    traceIds: events.map(({ traceId }) => traceId),
    clientAddresses: events.map(({ clientAddress }) => clientAddress),
  }
}

/** Returns the events of changes, some of which have none. */
export function eventsOf(changes: readonly { readonly event: AuditEvent | undefined }[]): AuditEvent[] {
  return changes.map(({ event }) => event).filter((event) => event !== undefined)
}
