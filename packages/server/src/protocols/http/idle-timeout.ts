import type { IncomingMessage, ServerResponse } from 'node:http'

/** Number of checks of the connection within the timeout. */
const CHECKS = 4

/**
 * Ends a request whose connection is idle for `idleMs`: no byte arrives of a body that is being read, or the client
 * reads no byte of a response that waits for it. Time in which the client waits for the server does not count: before
 * the server reads the body, while the disk is slower than the client, and after the end of the body.
 */
export function limitIdleTime(request: IncomingMessage, response: ServerResponse, idleMs: number): void {
  const { socket } = request
  const isBodyIdle = createIdleCheck(
    () => request.readableFlowing === true && !request.complete,
    () => socket.bytesRead,
  )
  const isResponseIdle = createIdleCheck(
    () => socket.writableLength > 0,
    // Bytes that the operating system has accepted. When its buffer is full, it accepts more only as the client reads.
    () => socket.bytesWritten - socket.writableLength,
  )
  const timer = setInterval(() => {
    if (isBodyIdle()) request.destroy()
    // Destroying a request that has ended would not close the connection.
    if (isResponseIdle()) socket.destroy()
  }, idleMs / CHECKS)
  response.once('close', () => clearInterval(timer))
}

/** Returns a check that is true after `CHECKS` consecutive calls in which bytes were awaited and none had moved. */
function createIdleCheck(isWaiting: () => boolean, movedBytes: () => number): () => boolean {
  let lastMovedBytes = -1
  let idleChecks = 0
  return () => {
    const moved = movedBytes()
    idleChecks = isWaiting() && moved === lastMovedBytes ? idleChecks + 1 : 0
    lastMovedBytes = moved
    return idleChecks >= CHECKS
  }
}
