import { ServiceError } from '../../domain/errors.ts'
import { withDeadline } from '../../platform/deadline.ts'

/**
 * Yields the items, and limits the total time of waiting for them to `maxMs`. The consumer's time does not count. Calls
 * `beginWait` before each wait, and the function that it returned after the wait. Closes `items` when the iteration ends
 * early. Throws REQUEST_TIMEOUT, and the errors of `beginWait` and of the items.
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
    // Not awaited, because `return` would wait for the late item.
    items.return?.().catch(() => {})
  }
}

const tooSlow = () => new ServiceError('REQUEST_TIMEOUT', 'the body arrived too slowly')
