import type { ServerResponse } from 'node:http'

/** How many times within the limit the connection is looked at. */
const LOOKS = 4

/** Ends an answer of which the client has taken no byte for `idleMs` although some wait for it. */
export function limitStall(response: ServerResponse, idleMs: number): void {
  let lastBytesWritten = -1
  let quietLooks = 0
  const timer = setInterval(() => {
    const { socket } = response
    const isWaiting = socket !== null && socket.writableLength > 0
    // What the system has taken leaves `writableLength`; it takes more only as the client reads.
    const taken = socket === null ? 0 : socket.bytesWritten - socket.writableLength
    quietLooks = isWaiting && taken === lastBytesWritten ? quietLooks + 1 : 0
    lastBytesWritten = taken
    if (quietLooks >= LOOKS) socket?.destroy()
  }, idleMs / LOOKS)
  response.once('close', () => clearInterval(timer))
}
