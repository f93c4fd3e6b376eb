const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** Returns a size as text, such as `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = (bytes / 1000 ** power).toLocaleString(undefined, { maximumFractionDigits: 1 })
  return `${value} ${UNITS[power]}`
}
