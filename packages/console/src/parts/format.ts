const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const INTEGER = new Intl.NumberFormat('en')
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })
const DATE_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
/** Characters that make a name look like another one. New names cannot have them, older names may. */
const HIDDEN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600

/** Such as `1.4 MB`; units of a thousand, three digits. */
export function formatBytes(bytes: number): string {
  // What is rounded to a thousand is one of the next unit.
  const power =
    bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes + bytes / 2000) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[power]}`
}

/** A file’s name, without what would make it look like another. */
export const formatName = (name: string): string => name.replace(HIDDEN, '\ufffd')

/** Such as `1,468,006`. */
export const formatNumber = (value: number): string => INTEGER.format(value)

/** Such as `1 file` and `2 files`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

export const formatDate = (iso: string): string => DATE.format(new Date(iso))
export const formatDateTime = (iso: string): string => DATE_TIME.format(new Date(iso))

/** How long, such as `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < MINUTE_SECONDS) return `${whole} s`
  if (whole < HOUR_SECONDS) return `${Math.floor(whole / MINUTE_SECONDS)} min ${whole % MINUTE_SECONDS} s`
  return `${Math.floor(whole / HOUR_SECONDS)} h ${Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS)} min`
}
