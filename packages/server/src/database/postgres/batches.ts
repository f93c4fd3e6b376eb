import { ServiceError } from '../../domain/errors.ts'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface BatchLimits {
  readonly maxItems: number
  /** So many batches are on their way at once; what comes meanwhile makes the next one larger. */
  readonly maxInFlight: number
}

export interface BatchOptions<Item, Result> extends BatchLimits {
  /** All items or none; one result for each. */
  send(items: readonly Item[]): Promise<readonly Result[]>
}

/**
 * What arrives together is sent together, and so shares one way to the server and one sync of its log. One item that
 * cannot be done fails none of the others.
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
    // A turn of the event loop brings what has arrived with it.
    setImmediate(sendSome)
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ item, resolve, reject })
    schedule()
    return promise
  }
}
