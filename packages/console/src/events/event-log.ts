import type { ListEventsAnswer, Waybill, WaybillEvent } from '@waybill/sdk'
import type { LiveEvents } from '../live/live-events.ts'
import { createStore, type Store } from '../parts/store.ts'
import { createThrottle } from '../parts/throttle.ts'

export interface EventLogState {
  /** Newest first. */
  readonly events: readonly WaybillEvent[]
  /** Cursor of older events; null when there are none, and before the first page. */
  readonly olderCursor: string | null
  readonly isLoading: boolean
  readonly error: Error | null
}

/** Events of some types, newest first. New ones are added as they happen. */
export interface EventLog {
  readonly state: Store<EventLogState>
  /** Begins to load. Returns a function that ends it. */
  start(): () => void
  loadOlder(): void
  /** Loads the newest events again, also after an error. */
  reload(): void
}

const PAGE_SIZE = 50
/** A list that would grow beyond this begins again with the newest events. */
const MAX_SHOWN = 1000
const REFRESH_EVERY_MS = 1000
const EMPTY: EventLogState = { events: [], olderCursor: null, isLoading: true, error: null }

/** `types` are the wanted types, separated by commas; empty for all. */
export function createEventLog(client: () => Waybill, live: LiveEvents, types: string): EventLog {
  const state = createStore(EMPTY)
  const wanted = new Set(types.split(','))
  const isWanted = ({ type }: WaybillEvent) => types === '' || wanted.has(type)
  let closing = new AbortController()

  const load = async (after: string | null, change: (page: ListEventsAnswer) => Partial<EventLogState>) => {
    const { signal } = closing
    const query = { order: 'desc' as const, limit: PAGE_SIZE, ...(types !== '' && { types }) }
    try {
      const page = await firstPage(client(), { ...query, ...(after !== null && { after }) }, signal)
      if (!signal.aborted) state.set({ ...state.get(), error: null, isLoading: false, ...change(page) })
    } catch (error) {
      if (!signal.aborted) state.set({ ...state.get(), error: error as Error, isLoading: false })
    }
  }
  const reload = () => {
    state.set(EMPTY)
    void load(null, (page) => ({ events: page.events, olderCursor: olderCursorOf(page) }))
  }
  const refresh = () =>
    load(null, (page) => {
      const { events } = state.get()
      const known = new Set(events.map(({ id }) => id))
      const added = page.events.filter(({ id }) => !known.has(id))
      // Between pages without a common event, there may be others.
      if (added.length === page.events.length) return { events: added, olderCursor: olderCursorOf(page) }
      return { events: [...added, ...events] }
    })
  const refreshing = createThrottle(refresh, REFRESH_EVERY_MS)
  const add = (happened: readonly WaybillEvent[] | null) => {
    if (state.get().error !== null) return
    if (happened === null || state.get().isLoading) return refreshing.request()
    const known = new Set(state.get().events.map(({ id }) => id))
    const added = happened.filter((event) => isWanted(event) && !known.has(event.id)).reverse()
    if (added.length === 0) return
    if (added.length + known.size > MAX_SHOWN) return reload()
    state.set({ ...state.get(), events: [...added, ...state.get().events] })
  }
  return {
    state,
    reload,
    loadOlder: () => {
      const { olderCursor, isLoading } = state.get()
      if (olderCursor === null || isLoading) return
      state.set({ ...state.get(), isLoading: true })
      void load(olderCursor, (page) => {
        const known = new Set(state.get().events.map(({ id }) => id))
        const older = page.events.filter(({ id }) => !known.has(id))
        return { events: [...state.get().events, ...older], olderCursor: olderCursorOf(page) }
      })
    },
    start: () => {
      closing = new AbortController()
      const unsubscribe = live.subscribe(add)
      reload()
      return () => {
        closing.abort()
        refreshing.stop()
        unsubscribe()
      }
    },
  }
}

const olderCursorOf = ({ has_more, next_cursor }: ListEventsAnswer): string | null =>
  has_more ? next_cursor : null

async function firstPage(
  client: Waybill,
  query: Parameters<Waybill['events']['list']>[0],
  signal: AbortSignal,
): Promise<ListEventsAnswer> {
  for await (const page of client.events.list(query, { signal }).pages()) return page
  throw new Error('The service returned a list without a page.')
}
