import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../database/database.ts'
import { ServiceError } from '../../domain/errors.ts'

/** Tells readers and the sender of webhooks of a process when there are new events, with one query for all of them. */
export interface EventFeed {
  /**
   * Waits until there is an event after `position`, for at most `maxMs`; returns the newest position. Throws
   * SERVICE_UNAVAILABLE when the feed is closed, and the reason of the signal.
   */
  wait(position: number, maxMs: number, signal: AbortSignal): Promise<number>
  /** Returns the newest position as it was at most `POLL_MS` ago, with a query only when no reader has made one since. */
  newest(): Promise<number>
  /**
   * Counts a stream of the organization. Returns the function that ends it, which may be called twice. Throws
   * RATE_LIMIT_EXCEEDED above the limit.
   */
  openStream(organizationId: string): () => void
  /** Ends all waits. */
  close(): void
}

/** Time after which readers see an event at the latest. Nothing is asked while nobody reads. */
const POLL_MS = 250
const MAX_STREAMS_PER_ORGANIZATION = 100

export function createEventFeed({ events }: Pick<Database, 'events'>): EventFeed {
  const closing = new AbortController()
  const streams = new Map<string, number>()
  let next: Promise<number> | null = null

  let known = { position: 0, atMs: Number.NEGATIVE_INFINITY }
  const ask = async (): Promise<number> => {
    const atMs = performance.now()
    const position = await events.latestPosition()
    known = { position, atMs }
    return position
  }

  /** Asks for the newest position, together with all who ask before it is known. */
  const poll = (): Promise<number> => {
    next ??= delay(POLL_MS, null, { signal: closing.signal })
      .then(ask)
      .finally(() => {
        next = null
      })
    return next
  }

  return {
    wait: async (position, maxMs, signal) => {
      const untilMs = performance.now() + maxMs
      for (;;) {
        const latest = await poll().catch((error: unknown) => {
          if (!closing.signal.aborted) throw error
          throw new ServiceError('SERVICE_UNAVAILABLE', 'the service is stopping')
        })
        signal.throwIfAborted()
        if (latest > position || performance.now() >= untilMs) return latest
      }
    },
    newest: async () => (performance.now() - known.atMs <= POLL_MS ? known.position : ask()),
    openStream: (organizationId) => {
      const count = streams.get(organizationId) ?? 0
      if (count >= MAX_STREAMS_PER_ORGANIZATION) {
        throw new ServiceError(
          'RATE_LIMIT_EXCEEDED',
          `the organization has ${MAX_STREAMS_PER_ORGANIZATION} streams of events already`,
        )
      }
      streams.set(organizationId, count + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const left = (streams.get(organizationId) ?? 1) - 1
        if (left > 0) streams.set(organizationId, left)
        else streams.delete(organizationId)
      }
    },
    close: () => closing.abort(),
  }
}
