import type { IncomingMessage, ServerResponse } from 'node:http'

/** How many times within the limit the connection is looked at. */
const LOOKS = 4

/**
 * Ends a request whose connection stays silent for `idleMs`: no byte comes of a body that is being read, or the
 * client takes none of an answer that waits for it. No time passes while the server itself is busy: before somebody
 * reads the body, while the disk is slower, and once the body is there.
 */
export function limitIdleTime(request: IncomingMessage, response: ServerResponse, idleMs: number): void {
  const { socket } = request
  const isBodySilent = createSilence(
    () => request.readableFlowing === true && !request.complete,
    () => socket.bytesRead,
  )
  const isAnswerSilent = createSilence(
    () => socket.writableLength > 0,
    // What the system has taken leaves `writableLength`; it takes more only as the client reads.
    () => socket.bytesWritten - socket.writableLength,
  )
  const timer = setInterval(() => {
    if (isBodySilent()) request.destroy()
    // A request that is over takes no connection with it; its answer is not.
    if (isAnswerSilent()) socket.destroy()
  }, idleMs / LOOKS)
  response.once('close', () => clearInterval(timer))
}

/** A look that tells whether bytes have been waited for, and none has moved, at so many looks in a row. */
function createSilence(isWaiting: () => boolean, movedBytes: () => number): () => boolean {
  let lastMovedBytes = -1
  let quietLooks = 0
  return () => {
    const moved = movedBytes()
    quietLooks = isWaiting() && moved === lastMovedBytes ? quietLooks + 1 : 0
    lastMovedBytes = moved
    return quietLooks >= LOOKS
  }
}
