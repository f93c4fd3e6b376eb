import type { SharedCounts } from '../../protocols/http/shared-counts.ts'
import type { SharedCount } from './worker-messages.ts'

export interface CountExchange extends SharedCounts {
  /** Adds the requests of other workers. */
  receive(counts: readonly SharedCount[]): void
}

/** Interval at which a worker tells its requests. A limit can be exceeded by what arrives within it. */
const SEND_EVERY_MS = 100

/** Creates the exchange of a worker, which sends what it has counted in batches. */
export function createCountExchange(send: (counts: readonly SharedCount[]) => void): CountExchange {
  const receivers = new Map<string, (key: string, count: number) => void>()
  const unsent = new Map<string, Map<string, number>>()

  const flush = () => {
    const counts = [...unsent].flatMap(([name, keys]) =>
      [...keys].map(([key, count]): SharedCount => ({ name, key, count })),
    )
    unsent.clear()
    send(counts)
  }

  return {
    add: (name, key) => {
      if (unsent.size === 0) setTimeout(flush, SEND_EVERY_MS).unref()
      const keys = unsent.get(name) ?? new Map<string, number>()
      unsent.set(name, keys)
      keys.set(key, (keys.get(key) ?? 0) + 1)
    },
    subscribe: (name, receive) => {
      receivers.set(name, receive)
    },
    receive: (counts) => {
      for (const { name, key, count } of counts) receivers.get(name)?.(key, count)
    },
  }
}
