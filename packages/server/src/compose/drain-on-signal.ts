import type { Logger } from 'pino'
import { exitAfterFlush } from '../logger.ts'
import type { Server } from './start-server.ts'

/** Time limit of a graceful shutdown. */
export const DRAIN_MS = 30_000
/** Signals that end the service. */
export const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Ends the process on a signal during the start, when nothing is there to drain. Process 1 of a container needs this,
 * because the kernel ignores signals to it that it does not handle. Returns a function that is called after the start.
 */
export function endOnSignal(): () => void {
  if (process.pid !== 1) return () => {}
  // Exit code of a shell for a program that a signal ended.
  const end = (_signal: NodeJS.Signals, number: number) => process.exit(128 + number)
  for (const signal of SIGNALS) process.on(signal, end)
  return () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}

/** Drains on the first signal. A second one, such as that to the process group, must not cut the drain short. */
export function drainOnSignal(server: Pick<Server, 'close'>, logger: Logger): void {
  let isDraining = false
  const drainOnce = async (signal: NodeJS.Signals) => {
    if (isDraining) return
    isDraining = true
    logger.info({ signal }, 'draining')
    await drain(server)
    logger.info('stopped')
    exitAfterFlush(0)
  }
  for (const signal of SIGNALS) process.on(signal, drainOnce)
}

/** Closes the server. Exits even if an error or a client that never ends its request blocks this. */
export function drain(server: Pick<Server, 'close'>): Promise<void> {
  setTimeout(() => exitAfterFlush(1), DRAIN_MS).unref()
  return server.close()
}
