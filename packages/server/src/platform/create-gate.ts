/** Runs a task when a slot is free, and resolves with its result. `urgent` tasks do not wait for `patient` ones. */
export type Gate = <T>(work: () => Promise<T>, urgency?: Urgency) => Promise<T>

export type Urgency = 'urgent' | 'patient'

/**
 * Returns a gate that runs at most `max` tasks concurrently. Others wait in a FIFO queue for each urgency, and each
 * starts in a new turn of the event loop: many tasks without asynchronous work of their own, such as synchronous file
 * system calls, do not block other requests.
 */
export function createGate(max: number): Gate {
  const waiting: Record<Urgency, (() => void)[]> = { urgent: [], patient: [] }
  let running = 0

  const enter = async (urgency: Urgency) => {
    if (running < max) {
      running++
      return
    }
    // A finished task passes its slot to the next one.
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting[urgency].push(resolve)
    await promise
  }

  const leave = () => {
    const next = waiting.urgent.shift() ?? waiting.patient.shift()
    if (next) setImmediate(next)
    else running--
  }

  return async (work, urgency = 'urgent') => {
    await enter(urgency)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
