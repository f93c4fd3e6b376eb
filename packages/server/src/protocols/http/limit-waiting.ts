import { ServiceError } from '../../domain/errors.ts'

/**
 * Yields the items, with a limit of `maxMs` on the total time of waiting for them; the consumer's time does not count.
 * Each wait starts with a call of `beginWait` and ends with a call of the function that it returned. Closes `items`
 * when the iteration ends early. Throws REQUEST_TIMEOUT, and errors of `beginWait` and the items.
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
    // Not awaited: `return` would wait for the late item.
    items.return?.().catch(() => {})
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new ServiceError('REQUEST_TIMEOUT', 'the body arrived too slowly')),
    ms,
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
