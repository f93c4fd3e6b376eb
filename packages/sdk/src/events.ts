import type { Api, CallOptions } from './api.ts'
import type { ListEventsAnswer, ListEventsQuery, WaybillEvent } from './api-types.ts'
import { ConnectionError } from './errors.ts'
import { eventFields } from './event-data.ts'
import { type Listed, listed } from './pages.ts'
import { piecesOf } from './pieces-of.ts'
import { wait } from './retry.ts'

export interface FollowOptions extends CallOptions {
  /** Cursor after which the events begin; from now on without one. */
  readonly after?: string
  /** Types of the wanted events; all without it. */
  readonly types?: readonly string[]
  /** Called with the cursor each time that the stream is open: no later event is missed. */
  readonly onOpen?: (cursor: string) => void
}

/** Event of a stream with its cursor, from which another stream can continue. */
export type FollowedEvent = WaybillEvent & { readonly cursor: string }

/** Events of the files, vector stores and keys of the organization. */
export interface Events {
  /**
   * Lists the events, oldest first by default; `types` are separated by commas. `next_cursor` of a page that is oldest first
   * is also a cursor of `follow`.
   */
  list(query?: ListEventsQuery, options?: CallOptions): Listed<WaybillEvent, ListEventsAnswer>
  /**
   * Yields the events as they happen. After a lost connection it continues without a gap. Ends with the signal's reason, and
   * with the error of a refused request.
   */
  follow(options?: FollowOptions): AsyncIterable<FollowedEvent>
}

/** Pause before a stream is opened again after it ended. */
const REOPEN_MS = 1000

export function createEvents(api: Api): Events {
  return {
    list: (query = {}, options) =>
      listed(
        query,
        (page) => api.call<ListEventsAnswer>({ method: 'GET', path: '/events', query: page }, options),
        ({ events }) => events,
        ({ next_cursor, has_more }, rest) => (has_more ? { ...rest, after: next_cursor } : null),
      ),
    follow: (options = {}) => follow(api, options),
  }
}

async function* follow(
  { open }: Api,
  { after, types, onOpen, signal }: FollowOptions,
): AsyncGenerator<FollowedEvent> {
  let cursor = after
  for (;;) {
    const query = {
      ...(cursor !== undefined && { after: cursor }),
      ...(types !== undefined && { types: types.join(',') }),
    }
    const response = await open({ method: 'GET', path: '/events/stream', query, signal })
    try {
      for await (const { id, data } of eventFields(piecesOf(response, signal, connectionLost))) {
        cursor = id ?? cursor
        if (data !== null) yield { ...JSON.parse(data), cursor }
        else if (id !== null) onOpen?.(id)
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
    }
    await wait(REOPEN_MS, signal)
  }
}

const connectionLost = (cause?: unknown) =>
  new ConnectionError('CONNECTION_FAILED', 'The connection was lost.', { cause })
