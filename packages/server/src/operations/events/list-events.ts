import type { EventPage } from '../../database/records/events.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { EVENT_TYPES, type EventType, isEventType, readableTypes } from '../../domain/events/event.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { viewerOf } from '../vector-stores/find-store.ts'

export interface ListEventsInput {
  /** Cursor of an earlier page or stream; null for the oldest event. */
  readonly after: string | null
  /** Wanted types; null for all. */
  readonly types: readonly string[] | null
  readonly limit: number
  /** `desc`: newest first, and `after` continues with older events. */
  readonly order: 'asc' | 'desc'
}

/**
 * Lists events of the organization, without those that the caller's scopes may not read. A page may have
 * few events, or none, while there are more. Throws VALIDATION_ERROR for an unknown type and for a wrong cursor.
 */
export const listEvents = defineOperation(
  { action: 'listEvents', kind: 'read', scope: 'files:read' },
  async (
    { database }: Pick<Context, 'database'>,
    caller: Caller,
    input: ListEventsInput,
  ): Promise<EventPage> => {
    const { limit, order } = input
    const types = typesFor(caller, input.types)
    const position = input.after === null ? null : parseCursor(input.after)
    const latest = await database.events.latestPosition()
    if (order === 'asc') {
      const request = { afterPosition: position ?? 0, untilPosition: latest, types, limit }
      return database.events.list(viewerOf(caller), request)
    }
    const untilPosition = Math.min(position ?? latest, latest)
    return database.events.listNewest(viewerOf(caller), { afterPosition: 0, untilPosition, types, limit })
  },
)

/** Returns the wanted types that the caller may read. Throws VALIDATION_ERROR for an unknown one. */
export function typesFor({ scopes, actor }: Caller, wanted: readonly string[] | null): EventType[] {
  const types = wanted ?? EVENT_TYPES
  const unknown = types.find((type) => !isEventType(type))
  if (unknown !== undefined) throw invalidValue('types', 'invalid', 'must be types of events', unknown)
  const known = types.filter(isEventType)
  return actor.kind === 'operator' ? known : readableTypes(known, scopes)
}

/** Returns the position of a cursor. Throws VALIDATION_ERROR. */
export function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw invalidValue('after', 'invalid', 'must be a cursor of an earlier page or stream', cursor)
}
