/** Of one unit, in bytes: decimal ones as disks are sold, binary ones as memory is. */
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

/** The bytes that a text such as `10GB` or `512 MiB` stands for, or null when it is no size. */
export function parseByteSize(text: string): number | null {
  const [, digits, name] = /^(\d{1,16}) ?([A-Za-z]+)$/.exec(text) ?? []
  const unit = Object.keys(UNITS).find((candidate) => candidate.toLowerCase() === name?.toLowerCase())
  if (digits === undefined || unit === undefined) return null
  const bytes = Number(digits) * (UNITS[unit] ?? 0)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** For people: in the largest decimal unit that it fills, rounded to a tenth. */
export function formatByteSize(bytes: number): string {
  const unit = ['TB', 'GB', 'MB', 'kB'].find((name) => bytes >= (UNITS[name] ?? 0)) ?? 'B'
  const rounded = Math.round((bytes / (UNITS[unit] ?? 1)) * 10) / 10
  return `${rounded} ${unit}`
}
