/** Functions that only forward a sync; their caller decides on it. */
const PASSING_ON: ReadonlySet<string> = new Set([
  'segment-file.ts',
  'log-file.ts',
  'lazy-log.ts',
  'text-file.ts',
])
const PASSING_ON_NAMES: ReadonlySet<string> = new Set(['syncDirectory'])

/**
 * Returns the function of the disk storage that asks for the current sync, and the synced thing: `publish: log`.
 * It reads the call stack, so that the storage need not name its syncs.
 */
export function syncSite(path: string): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 50
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = stackTraceLimit
  for (const line of stack.split('\n')) {
    const [, name = '', file = ''] =
      /^\s+at (?:async )?(?:Object\.)?([\w.<>]+) .*\/storage\/disk\/([\w-]+\.ts):/.exec(line) ?? []
    if (file === '' || PASSING_ON.has(file) || PASSING_ON_NAMES.has(name)) continue
    return `${name}: ${kindOf(path)}`
  }
  throw new Error(`no function of the disk storage asks for the sync of ${path}`)
}

function kindOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = /\.(segment|log)$/.exec(name)?.[1]
  if (extension) return extension
  return /^(FORMAT|OWNER)/.exec(name)?.[1] ?? 'folder'
}
