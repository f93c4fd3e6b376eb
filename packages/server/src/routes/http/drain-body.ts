import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'

const MAX_DRAIN_BYTES = 64 * 1024 * 1024
const MAX_DRAIN_MS = 10_000

/**
 * Reads on a body that nobody wanted, within bounds. Most clients look for the answer only after they have
 * sent everything, and would see a reset in its place.
 */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return
  const bounds = new AbortController()
  let drainedBytes = 0
  request.on('data', (chunk: Buffer) => {
    drainedBytes += chunk.length
    if (drainedBytes > MAX_DRAIN_BYTES) bounds.abort()
  })
  request.resume()
  const timer = setTimeout(() => bounds.abort(), MAX_DRAIN_MS)
  try {
    await finished(request, { signal: bounds.signal, writable: false })
  } catch {
    // Cut, too long or too slow: the answer is sent all the same, to whoever still listens.
  } finally {
    clearTimeout(timer)
  }
}
