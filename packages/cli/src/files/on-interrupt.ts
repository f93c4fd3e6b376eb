/** Exit code of a program that was ended by Ctrl-C: 128 + SIGINT. */
export const INTERRUPTED = 130

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP. Ignores later signals: at Ctrl-C the terminal signals this
 * process and its launcher, which forwards the signal again. Returns a function that removes the signal handlers.
 */
export function onInterrupt(stop: () => Promise<void>): () => void {
  let isStopping = false
  const listener = () => {
    if (isStopping) return
    isStopping = true
    void stop()
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener)
  }
}
