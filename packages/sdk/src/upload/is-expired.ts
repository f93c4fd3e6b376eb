/**
 * Returns true when a stored text is an upload whose session has expired, so that it cannot be resumed. Returns false
 * for other texts: they may belong to another program.
 */
export function isExpired(text: string): boolean {
  try {
    return Date.parse(JSON.parse(text).expiresAt) <= Date.now()
  } catch {
    return false
  }
}
