import type { IncomingMessage } from 'node:http'

/** How many times within the limit the connection is looked at. */
const LOOKS = 4

/**
 * Ends a request from whose connection no byte of the body has come for `idleMs`. No time passes while the server
 * itself is busy: before somebody reads the body, while the disk is slower, and once the body is there.
 */
export function limitIdle(request: IncomingMessage, idleMs: number): void {
  let lastBytesRead = -1
  let quietLooks = 0
  const timer = setInterval(() => {
    const { bytesRead } = request.socket
    const isAwaited = request.readableFlowing === true && !request.complete
    quietLooks = isAwaited && bytesRead === lastBytesRead ? quietLooks + 1 : 0
    lastBytesRead = bytesRead
    if (quietLooks >= LOOKS) request.destroy()
  }, idleMs / LOOKS)
  const stop = () => clearInterval(timer)
  request.once('end', stop).once('close', stop)
}
