/**
 * Whether a text that a store keeps is an upload whose session is over, so that nobody can go on with it. What says nothing of
 * the kind is not: it is somebody else’s.
 */
export function isExpired(text: string): boolean {
  try {
    return Date.parse(JSON.parse(text).expiresAt) <= Date.now()
  } catch {
    return false
  }
}
