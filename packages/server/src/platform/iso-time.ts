const ISO_TIME = /^(\d{4}-\d\d-(\d\d))T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/

/** Last moment with a year of four digits in UTC: 9999-12-31T23:59:59.999Z. */
const MAX_TIME_MS = 253_402_300_799_999

/**
 * Parses a time in ISO 8601, such as `2027-01-31T12:00:00Z`. Returns milliseconds since 1970; null when it is invalid.
 * A time without a time zone is UTC.
 */
export function parseIsoTime(text: string): number | null {
  const [, date, day, , , zone] = ISO_TIME.exec(text) ?? []
  // Date.parse turns 30 February into 2 March.
  if (date === undefined || new Date(date).getUTCDate() !== Number(day)) return null
  // Date.parse would use this machine's time zone.
  const timeMs = Date.parse(zone === undefined ? `${text}Z` : text)
  return Number.isNaN(timeMs) || timeMs > MAX_TIME_MS ? null : timeMs
}
