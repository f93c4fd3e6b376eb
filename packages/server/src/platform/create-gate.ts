/** Runs a task when a slot is free, and resolves with its result. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Returns a gate that runs at most `max` tasks concurrently. Others wait in a FIFO queue, and each starts in a new turn
 * of the event loop: many tasks without asynchronous work of their own, such as synchronous file system calls, do not
 * block other requests.
 */
export function createGate(max: number): Gate {
  const waiting: (() => void)[] = []
  let running = 0

  const enter = async () => {
    if (running < max) {
      running++
      return
    }
    // A finished task passes its slot to the next one.
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
