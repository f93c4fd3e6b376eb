import type { Readable } from 'node:stream'

/**
 * Returns true when a body has a byte. A body without a declared length is read up to its first bytes; whoever drains
 * bodies reads the rest.
 */
export async function hasContent(body: Readable, bodyBytes: number | null): Promise<boolean> {
  if (bodyBytes !== null) return bodyBytes > 0
  try {
    const chunks = body.iterator({ destroyOnReturn: false })
    const { done } = await chunks.next()
    // Lets others read the body again.
    await chunks.return?.()
    return done !== true
  } catch {
    // The connection is lost, and nobody gets the response.
    return true
  }
}
