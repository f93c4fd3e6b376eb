/** Returns the last segment of a folder, such as `2026` of `reports/2026`. */
export const folderName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Returns a folder and the folders that contain it, outermost first: `a` and `a/b` of `a/b`. The root has none. */
export function ancestorsOf(path: string): string[] {
  if (path === '') return []
  const segments = path.split('/')
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

/** Returns the folder directly in `parent` that contains `path`; null when `path` is not below `parent`. */
export function childOf(parent: string, path: string): string | null {
  const prefix = parent === '' ? '' : `${parent}/`
  const rest = path.slice(prefix.length)
  if (!path.startsWith(prefix) || rest === '') return null
  const end = rest.indexOf('/')
  return end < 0 ? path : `${prefix}${rest.slice(0, end)}`
}
