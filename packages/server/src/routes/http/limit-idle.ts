import type { IncomingMessage } from 'node:http'

/** How many times within the limit the connection is looked at. */
const LOOKS = 4

/**
 * Ends a request from whose connection no byte has come for `idleMs`. While the server itself does not read,
 * because the disk is slower, no time passes.
 */
export function limitIdle(request: IncomingMessage, idleMs: number): void {
  let lastBytesRead = -1
  let quietLooks = 0
  const timer = setInterval(() => {
    const { bytesRead } = request.socket
    const isQuiet = bytesRead === lastBytesRead && !request.isPaused()
    quietLooks = isQuiet ? quietLooks + 1 : 0
    lastBytesRead = bytesRead
    if (quietLooks >= LOOKS) request.destroy()
  }, idleMs / LOOKS)
  const stop = () => clearInterval(timer)
  request.once('end', stop).once('close', stop)
}
