import { ServiceError } from '../../domain/errors.ts'
import { withDeadline } from '../../platform/deadline.ts'

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
      const next = await withDeadline(leftMs, items.next(), tooSlow).finally(endWait)
      if (next.done) return
      leftMs -= performance.now() - begunMs
      yield next.value
    }
  } finally {
    // Not awaited: `return` would wait for the late item.
    items.return?.().catch(() => {})
  }
}

const tooSlow = () => new ServiceError('REQUEST_TIMEOUT', 'the body arrived too slowly')
