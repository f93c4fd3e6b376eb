import { type FollowedEvent, PermissionError, type Waybill } from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import { createHeartbeat } from './heartbeat.ts'

/** `live`: the stream is open. `polling`: it cannot be had, and listeners are called again and again instead. */
export type LiveState = 'connecting' | 'live' | 'polling'

/** Events that have come since the last call; null when anything may have changed. */
export type LiveListener = (events: readonly FollowedEvent[] | null) => void

/** The events of the organization as they happen. */
export interface LiveEvents {
  readonly state: Store<LiveState>
  /** Returns a function that ends the subscription. */
  subscribe(listener: LiveListener): () => void
  close(): void
}

/** Opens a client for the stream, which does not repeat requests. It calls `onBytes` whenever the service sends something. */
export type OpenStreamClient = (onBytes: () => void) => Waybill

/** Time in which events are collected before the listeners are called. */
const COLLECT_MS = 250
/** More events than this at a time are not told one by one. */
const MAX_COLLECTED = 2000
/** A stream that is silent for longer at its beginning is kept back by a proxy. */
const OPEN_MS = 10_000
/** The service sends a comment every 15 seconds. */
const MAX_SILENCE_MS = 40_000
const FIRST_DELAY_MS = 1000
const MAX_DELAY_MS = 60_000
/** A key may get the scope later. */
const FORBIDDEN_DELAY_MS = 300_000
const POLL_MS = 15_000
/** A hidden page gives its connection back: browsers open only a few to one service. */
const MAX_HIDDEN_MS = 60_000
/** A stream that opens later may have missed changes since the page was loaded. */
const PROMPT_MS = 1000

/** Follows the stream until `close`, also after lost connections, and without a gap. */
export function createLiveEvents(openClient: OpenStreamClient): LiveEvents {
  const state = createStore<LiveState>('connecting')
  const told = createTelling()
  const heartbeat = createHeartbeat(MAX_HIDDEN_MS)
  const startedMs = performance.now()
  let cursor: string | undefined
  let failures = 0

  const onOpen = (at: string) => {
    if (cursor === undefined && performance.now() - startedMs > PROMPT_MS) told.tellAll()
    cursor = at
    failures = 0
    state.set('live')
  }
  const followOnce = async () => {
    const attempt = heartbeat.begin(OPEN_MS)
    try {
      const client = openClient(() => attempt.extend(MAX_SILENCE_MS))
      const options = { signal: attempt.signal, onOpen, ...(cursor !== undefined && { after: cursor }) }
      for await (const event of client.events.follow(options)) {
        cursor = event.cursor
        told.add(event)
      }
    } finally {
      attempt.end()
    }
  }
  const run = async () => {
    for (;;) {
      await heartbeat.untilAwake()
      if (heartbeat.isClosed()) return
      const error = await followOnce().then(
        () => null,
        (failure: unknown) => failure,
      )
      if (heartbeat.isClosed()) return
      if (heartbeat.isAsleep()) continue
      state.set('polling')
      const delayMs = error instanceof PermissionError ? FORBIDDEN_DELAY_MS : backoffMs(++failures)
      await heartbeat.wait(delayMs)
    }
  }
  void run()
  const polling = setInterval(() => {
    if (state.get() === 'polling' && document.visibilityState === 'visible') told.tellAll()
  }, POLL_MS)
  return {
    state,
    subscribe: told.subscribe,
    close: () => {
      heartbeat.close()
      clearInterval(polling)
      told.close()
    },
  }
}

/** Returns the delay after failures in a row, spread so that not all pages come back at once. */
const backoffMs = (failures: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS) * (0.8 + Math.random() * 0.4)

/** Collects events, and tells them to the listeners a short time later. */
function createTelling() {
  const listeners = new Set<LiveListener>()
  let events: FollowedEvent[] | null = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    const collected = events
    events = []
    timer = undefined
    for (const listener of [...listeners]) listener(collected)
  }
  const tellSoon = () => {
    timer ??= setTimeout(tell, COLLECT_MS)
  }
  return {
    subscribe: (listener: LiveListener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    add: (event: FollowedEvent) => {
      if (events !== null && events.push(event) > MAX_COLLECTED) events = null
      tellSoon()
    },
    tellAll: () => {
      events = null
      tellSoon()
    },
    close: () => {
      clearTimeout(timer)
      listeners.clear()
    },
  }
}
