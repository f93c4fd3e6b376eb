/** Runs a piece of work when it is its turn, and resolves with its result. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Returns a gate that lets `max` pieces of work run at once. The others wait in the order in which they came, and each
 * begins in another turn of the event loop than the one before it ended in: many that wait for nothing themselves, such
 * as calls of the file system that are made in place, do not hold up everything else.
 */
export function createGate(max: number): Gate {
  const waiting: (() => void)[] = []
  let running = 0

  const enter = async () => {
    if (running < max) {
      running++
      return
    }
    // Whoever leaves hands over its place.
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    await promise
  }

  const leave = () => {
    const next = waiting.shift()
    if (next) setImmediate(next)
    else running--
  }

  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
