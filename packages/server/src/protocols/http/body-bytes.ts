import type { IncomingHttpHeaders } from 'node:http'

/** Returns the declared length of the body; null for a chunked one, and 0 for none. */
export function readBodyBytes(headers: IncomingHttpHeaders): number | null {
  const length = headers['content-length']
  if (length !== undefined) return Number(length)
  return headers['transfer-encoding'] === undefined ? 0 : null
}
