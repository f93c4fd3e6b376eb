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

const DAY_MS = 86_400_000
/** Length of the time of day, `T12:00:00.000Z`. */
const TIME_CHARACTERS = 14

/**
 * Returns an integer number of milliseconds since 1970 as `Date.toISOString` writes it. That method takes 2 µs, and
 * a list of 50 files needs 50 times. This function takes 0.2 µs for another time of the same day.
 */
export const formatIsoTime = createIsoTimeFormat()

function createIsoTimeFormat(): (timeMs: number) => string {
  let dayStartMs = Number.NaN
  let date = ''
  return (timeMs) => {
    if (!(timeMs >= dayStartMs && timeMs < dayStartMs + DAY_MS)) {
      date = new Date(timeMs).toISOString().slice(0, -TIME_CHARACTERS)
      dayStartMs = Math.floor(timeMs / DAY_MS) * DAY_MS
    }
    const seconds = Math.floor((timeMs - dayStartMs) / 1000)
    const minutes = Math.floor(seconds / 60)
    const milliseconds = String((timeMs - dayStartMs) % 1000).padStart(3, '0')
    return `${date}T${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}.${milliseconds}Z`
  }
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
