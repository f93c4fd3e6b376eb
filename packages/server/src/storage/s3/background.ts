/** Work of one writer, one after the other, while its body continues. */
export interface Background {
  /** Waits for the work before, and then starts `work` without waiting for it. Throws its error later. */
  start(work: () => Promise<void>): Promise<void>
  /** Waits for all work. Throws the first error. */
  settled(): Promise<void>
}

export function createBackground(): Background {
  let running: Promise<void> = Promise.resolve()
  return {
    start: (work) => {
      const before = running
      running = before.then(work)
      // The error is thrown by the next call.
      running.catch(() => {})
      return before
    },
    settled: () => running,
  }
}
