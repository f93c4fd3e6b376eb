import type { IncomingMessage } from 'node:http'

/**
 * Returns a body that had arrived completely before it was read; null for every other body. It is already in buffers of
 * Node, which are limited to about 64 KiB, so it needs neither the budget nor a copy.
 */
export function takeArrived(request: IncomingMessage): Buffer | null {
  if (request.readableFlowing !== null || request.readableEnded || request.destroyed) return null
  // Node sets `complete` only after the promises that the last piece of a body has resolved.
  const hasAllBytes = request.readableLength === Number(request.headers['content-length'])
  return request.complete || hasAllBytes ? (request.read() ?? Buffer.alloc(0)) : null
}
