import { ServiceError } from '../../domain/errors.ts'

/**
 * Hands the items on. The time that the consumer takes for each does not count, and the waits for the next one may take
 * `maxMs` together. Each wait is between a call of `beginWait` and a call of the function that it returned.
 * Ends `items` where it is left early. Throws REQUEST_TIMEOUT, and what `beginWait` and the items throw.
 */
export async function* limitWaiting<T>(
  items: AsyncIterator<T>,
  maxMs: number,
  beginWait: () => () => void,
): AsyncGenerator<T> {
  let leftMs = maxMs
  try {
    for (;;) {
      const begunMs = performance.now()
      const endWait = beginWait()
      const next = await within(items.next(), leftMs).finally(endWait)
      if (next.done) return
      leftMs -= performance.now() - begunMs
      yield next.value
    }
  } finally {
    // Not waited for: an item that is late has not come yet.
    items.return?.().catch(() => {})
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new ServiceError('REQUEST_TIMEOUT', 'the body came too slowly')), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
