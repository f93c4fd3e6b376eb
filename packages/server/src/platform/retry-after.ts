/** Returns the wait of a `Retry-After` field, in seconds or as a date (RFC 9110, section 10.2.3); null without one. */
export function retryAfterMs(value: string | null): number | null {
  if (value === null) return null
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null
}
