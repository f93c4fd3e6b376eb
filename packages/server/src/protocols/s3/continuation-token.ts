const VERSION = '1'
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns the token with which a list goes on behind this name. Tokens are opaque to clients, and not secret. */
export function continuationToken(after: string): string {
  return VERSION + Buffer.from(after).toString('base64url')
}

/** Returns the name that `continuationToken` has; null for any other text. */
export function parseContinuationToken(token: string): string | null {
  const bytes = Buffer.from(token.slice(VERSION.length), 'base64url')
  const isOurs = bytes.length > 0 && token === VERSION + bytes.toString('base64url')
  if (!isOurs) return null
  try {
    return UTF8.decode(bytes)
  } catch {
    return null
  }
}
