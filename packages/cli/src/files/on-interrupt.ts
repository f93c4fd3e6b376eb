/** What a shell expects of a program that ended by Ctrl-C. */
export const INTERRUPTED = 130

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `stop` at the first signal that asks to end. Later ones are ignored: a launcher passes on what the terminal has sent to
 * both. Call what it answers with when there is nothing to stop any more.
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
