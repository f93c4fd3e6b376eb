import type { IncomingMessage } from 'node:http'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import type { Connections } from './connections.ts'
import { refuseContinue } from './expect-continue.ts'

const MAX_DRAIN_BYTES = 64 * 1024 * 1024
const MAX_DRAIN_MS = 10_000
/** Time to wait for the end of a body before the response is sent. */
const ANSWER_AFTER_MS = 1000

/**
 * Drains a body that no operation reads, within limits. Most clients read the response only after they have sent
 * everything, and would otherwise get a connection reset.
 * Resolves with true when the body has ended. Resolves with false when the response should not wait any longer: it must
 * then contain `Connection: close`, and draining continues up to the limits while the response is sent and afterwards.
 */
export function drainBody(request: IncomingMessage, connections: Connections): Promise<boolean> {
  if (request.complete) {
    request.resume()
    return Promise.resolve(true)
  }
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const endWait = connections.beginWait(request.socket)
  const lingering = postponeClose(request)
  let drainedBytes = 0
  const onData = (chunk: Buffer) => {
    drainedBytes += chunk.length
    releaseBuffer(chunk)
    if (drainedBytes > MAX_DRAIN_BYTES) stop()
  }
  const stop = () => {
    clearTimeout(answering)
    clearTimeout(limit)
    request.off('data', onData).off('end', stop).off('close', stop)
    if (!request.complete) request.pause()
    endWait()
    lingering.end()
    resolve(request.complete)
  }
  const answering = setTimeout(() => resolve(false), refuseContinue(request) ? 0 : ANSWER_AFTER_MS)
  const limit = setTimeout(stop, MAX_DRAIN_MS)
  request.on('data', onData).on('end', stop).on('close', stop)
  request.resume()
  request.on('error', () => {
    // The connection broke; "close" follows.
  })
  if (request.destroyed) stop()
  return promise
}

/**
 * Keeps Node from closing the connection after the response: until `end` is called, only the server's side is ended.
 * Closing while bytes arrive would reset the connection, and the client would lose the response.
 */
function postponeClose({ socket }: IncomingMessage): { end(): void } {
  let isAnswered = false
  socket.destroySoon = () => {
    isAnswered = true
    socket.end()
  }
  return {
    end: () => {
      // Restores the method of the prototype.
      Reflect.deleteProperty(socket, 'destroySoon')
      if (isAnswered) socket.destroySoon()
    },
  }
}
