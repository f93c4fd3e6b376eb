import { ServiceError } from '../../domain/errors.ts'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface BatchLimits {
  readonly maxItems: number
  /** Number of batches that may be in flight at once. Items that arrive meanwhile enlarge the next batch. */
  readonly maxInFlight: number
}

export interface BatchOptions<Item, Result> extends BatchLimits {
  /** Processes all items or none; returns one result for each, in order. */
  send(items: readonly Item[]): Promise<readonly Result[]>
}

/**
 * Sends items that arrive together in one batch, which shares one round trip to the server and one sync of its log.
 * When a batch fails because of an item, each item is sent alone, so that only the bad one fails.
 */
export function createBatches<Item, Result>({
  maxItems,
  maxInFlight,
  send,
}: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let inFlight = 0
  let isScheduled = false

  const sendSome = async () => {
    isScheduled = false
    const batch = waiting.slice(0, maxItems)
    waiting = waiting.slice(maxItems)
    inFlight++
    schedule()
    await settle(batch)
    inFlight--
    schedule()
  }

  const settle = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await send(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result)
      })
    } catch (error) {
      const isOneBadItem = batch.length > 1 && !(error instanceof ServiceError)
      if (isOneBadItem) await Promise.all(batch.map((one) => settle([one])))
      else for (const { reject } of batch) reject(error)
    }
  }

  const schedule = () => {
    if (isScheduled || waiting.length === 0 || inFlight >= maxInFlight) return
    isScheduled = true
    // Items of the same iteration of the event loop go into the same batch.
    setImmediate(sendSome)
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ item, resolve, reject })
    schedule()
    return promise
  }
}
