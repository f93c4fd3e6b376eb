/** Bytes per unit: decimal units as used for disks, binary units as used for memory. */
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Parses a size such as `10GB` or `512 MiB`. Returns bytes, or null when the text is not a size. */
export function parseByteSize(text: string): number | null {
  const [, digits, name] = /^(\d{1,16}) ?([A-Za-z]+)$/.exec(text) ?? []
  const unit = Object.keys(UNITS).find((candidate) => candidate.toLowerCase() === name?.toLowerCase())
  if (digits === undefined || unit === undefined) return null
  const bytes = Number(digits) * (UNITS[unit] ?? 0)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Formats bytes for people: in the largest decimal unit that gives at least 1, rounded to one decimal place. */
export function formatByteSize(bytes: number): string {
  const unit = ['TB', 'GB', 'MB', 'kB'].find((name) => bytes >= (UNITS[name] ?? 0)) ?? 'B'
  const rounded = Math.round((bytes / (UNITS[unit] ?? 1)) * 10) / 10
  return `${rounded} ${unit}`
}
