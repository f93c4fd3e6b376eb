import type { IncomingMessage } from 'node:http'

const MAX_DRAIN_BYTES = 64 * 1024 * 1024
const MAX_DRAIN_MS = 10_000

/**
 * Reads on a body that nobody wanted, within bounds, and tells whether that brought it to its end. Most clients
 * look for the answer only after they have sent everything, and would see a reset in its place. Behind a body
 * without an end the connection cannot be used again.
 */
export function drainBody(request: IncomingMessage): Promise<boolean> {
  if (request.complete) {
    request.resume()
    return Promise.resolve(true)
  }
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let drainedBytes = 0
  const onData = (chunk: Buffer) => {
    drainedBytes += chunk.length
    if (drainedBytes > MAX_DRAIN_BYTES) stop()
  }
  const stop = () => {
    clearTimeout(timer)
    request.off('data', onData).off('end', stop).off('close', stop)
    if (!request.complete) request.pause()
    resolve(request.complete)
  }
  const timer = setTimeout(stop, MAX_DRAIN_MS)
  request.on('data', onData).on('end', stop).on('close', stop)
  request.resume()
  request.on('error', () => {
    // The connection broke; «close» follows.
  })
  if (request.destroyed) stop()
  return promise
}
