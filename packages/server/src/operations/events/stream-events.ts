import type { Scope } from '../../domain/access/api-key.ts'
import { type Caller, checkScope } from '../../domain/access/caller.ts'
import { callerFor } from '../../domain/access/identity.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type Event, type EventType, readableTypes } from '../../domain/events/event.ts'
import { checkUsable } from '../access/authenticate.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { viewerOf } from '../vector-stores/find-store.ts'
import { type ListEventsInput, parseCursor, typesFor } from './list-events.ts'

export interface StreamEventsInput extends Omit<ListEventsInput, 'limit' | 'order'> {
  /** Aborts when the client goes. */
  readonly signal: AbortSignal
}

export interface EventStream {
  /** Position after which the stream begins. */
  readonly position: number
  readonly events: AsyncIterable<Event>
}

type StreamContext = Pick<Context, 'database' | 'eventFeed' | 'now'>

const EVENTS_AT_A_TIME = 100
/** Time after which a stream ends at the latest when its key or token can no longer be used. */
const CHECK_EVERY_MS = 10_000

/**
 * Streams events of the organization as they happen, from the cursor on, or from now on without one. The stream ends when
 * the client goes, when the caller's key or token cannot be used any more, and when the service stops. Throws as `listEvents`, and
 * RATE_LIMIT_EXCEEDED for too many streams.
 */
export const streamEvents = defineOperation(
  { action: 'streamEvents', kind: 'read', scope: 'files:read' },
  async (context: StreamContext, caller: Caller, input: StreamEventsInput): Promise<EventStream> => {
    const types = typesFor(caller, input.types)
    const position =
      input.after === null ? await context.database.events.latestPosition() : parseCursor(input.after)
    const close = context.eventFeed.openStream(caller.organizationId)
    input.signal.addEventListener('abort', close, { once: true })
    const events = follow(context, caller, { types, position, signal: input.signal, close })
    return { position, events }
  },
)

interface Followed {
  readonly types: readonly EventType[]
  readonly position: number
  readonly signal: AbortSignal
  close(): void
}

async function* follow(
  context: StreamContext,
  caller: Caller,
  { types, position, signal, close }: Followed,
): AsyncGenerator<Event> {
  const { database, eventFeed } = context
  let read = position
  try {
    for (;;) {
      const untilPosition = await eventFeed.wait(read, CHECK_EVERY_MS, signal)
      const present = { ...caller, scopes: await scopesNow(context, caller) }
      const readable = readableTypes(types, present.scopes)
      while (untilPosition > read) {
        const request = { afterPosition: read, untilPosition, types: readable, limit: EVENTS_AT_A_TIME }
        const page = await database.events.list(viewerOf(present), request)
        yield* page.events
        read = page.position
        signal.throwIfAborted()
      }
    }
  } finally {
    close()
  }
}

/** Returns the present scopes of the caller. Throws the error of a key or token that cannot be used any more. */
async function scopesNow({ database, now }: StreamContext, caller: Caller): Promise<readonly Scope[]> {
  const { actor, organizationId } = caller
  if (actor.kind === 'key') {
    const key = await database.apiKeys.find(organizationId, actor.id)
    checkUsable(key, now())
    checkScope({ ...caller, scopes: key.scopes }, streamEvents.scope)
    return key.scopes
  }
  if (actor.kind !== 'user') return caller.scopes
  if (now() >= actor.tokenExpiresAtMs) throw new ServiceError('TOKEN_EXPIRED', 'the token has expired')
  const user = await database.users.find(actor.id)
  if (user === null) throw new ServiceError('TOKEN_INVALID', 'the user does not exist any more')
  const { tokenExpiresAtMs } = actor
  const identity = { kind: 'user', user: { ...user, tokenExpiresAtMs }, request: caller.request } as const
  const present = callerFor(identity, organizationId)
  checkScope(present, streamEvents.scope)
  return present.scopes
}
