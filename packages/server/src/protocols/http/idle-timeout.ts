import type { IncomingMessage } from 'node:http'

export interface IdleTimeout {
  /** Watches a request until the returned function is called. */
  watch(request: IncomingMessage): () => void
  stop(): void
}

/** Number of checks of a connection within the timeout. */
const CHECKS = 4

/** Bytes of one direction of a connection at the last check. */
interface Direction {
  movedBytes: number
  /** Number of consecutive checks in which bytes were awaited and none had moved. */
  idleChecks: number
}

/**
 * Ends watched requests whose connection is idle for `idleMs`: no byte arrives of a body that is being read, or the
 * client reads no byte of a response that waits for it. Time in which the client waits for the server does not count:
 * before the server reads the body, while the disk is slower than the client, and after the end of the body. All
 * requests share one timer.
 */
export function createIdleTimeout(idleMs: number): IdleTimeout {
  const checks = new Set<() => void>()
  const timer = setInterval(() => {
    for (const check of checks) check()
  }, idleMs / CHECKS).unref()

  return {
    watch: (request) => {
      const check = createCheck(request)
      checks.add(check)
      return () => checks.delete(check)
    },
    stop: () => clearInterval(timer),
  }
}

function createCheck(request: IncomingMessage): () => void {
  const { socket } = request
  const body = { movedBytes: -1, idleChecks: 0 }
  const response = { movedBytes: -1, idleChecks: 0 }
  return () => {
    const awaitsBody = request.readableFlowing === true && !request.complete
    if (isIdle(body, awaitsBody, socket.bytesRead)) request.destroy()
    // Bytes that the operating system has accepted. When its buffer is full, it accepts more only as the client reads.
    const sentBytes = socket.bytesWritten - socket.writableLength
    // Destroying a request that has ended would not close the connection.
    if (isIdle(response, socket.writableLength > 0, sentBytes)) socket.destroy()
  }
}

/** Returns true after `CHECKS` consecutive checks in which bytes were awaited and none had moved. */
function isIdle(direction: Direction, isAwaited: boolean, movedBytes: number): boolean {
  direction.idleChecks = isAwaited && movedBytes === direction.movedBytes ? direction.idleChecks + 1 : 0
  direction.movedBytes = movedBytes
  return direction.idleChecks >= CHECKS
}
