const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const INTEGER = new Intl.NumberFormat('en')
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })
const DATE_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
/** Characters that make a name look like another one. New names cannot have them, older names may. */
const HIDDEN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600

/** Formats bytes in decimal units with up to three digits, such as `1.4 MB`. */
export function formatBytes(bytes: number): string {
  // A value that rounds to 1000 is shown as 1 of the next unit.
  const power =
    bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes + bytes / 2000) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[power]}`
}

/** Replaces characters that make a file name look like another one. */
export const formatName = (name: string): string => name.replace(HIDDEN, '\ufffd')

/** Formats a number, such as `1,468,006`. */
export const formatNumber = (value: number): string => INTEGER.format(value)

/** Formats a count with its noun, such as `1 file` and `2 files`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

export const formatDate = (iso: string): string => DATE.format(new Date(iso))
export const formatDateTime = (iso: string): string => DATE_TIME.format(new Date(iso))

/** Formats a duration, such as `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const rounded = Math.max(1, Math.round(seconds))
  if (rounded < MINUTE_SECONDS) return `${rounded} s`
  if (rounded < HOUR_SECONDS)
    return `${Math.floor(rounded / MINUTE_SECONDS)} min ${rounded % MINUTE_SECONDS} s`
  return `${Math.floor(rounded / HOUR_SECONDS)} h ${Math.floor((rounded % HOUR_SECONDS) / MINUTE_SECONDS)} min`
}
