import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Program and arguments that run a command without a network; null when the system does not permit it. */
export type Isolation = readonly string[] | null

/** Command of util-linux that starts a program in a network namespace of its own, which has no interface. */
const UNSHARE = ['unshare', '--user', '--net', '--']

/** Returns the command that takes the network from a process; null when this system or this user has none. */
export async function findIsolation(): Promise<Isolation> {
  if (process.platform !== 'linux') return null
  const [program = '', ...args] = UNSHARE
  try {
    await promisify(execFile)(program, [...args, 'true'], { env: {}, timeout: 5_000 })
    return UNSHARE
  } catch {
    return null
  }
}

/**
 * Returns the command of a Node process with no rights but to read the files of a package and of the libraries that it
 * finds. `maxHeapBytes` limits the heap.
 */
export function isolatedNode(packageFolder: string, maxHeapBytes: number, isolation: Isolation): string[] {
  return [
    ...(isolation ?? []),
    process.execPath,
    '--permission',
    ...[packageFolder, ...libraryFolders(packageFolder)].map((folder) => `--allow-fs-read=${folder}/`),
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${Math.ceil(maxHeapBytes / 1024 / 1024)}`,
    '--no-warnings',
  ]
}

function libraryFolders(packageFolder: string): string[] {
  const folders: string[] = []
  for (let folder = packageFolder; folder !== dirname(folder); folder = dirname(folder)) {
    const libraries = join(folder, 'node_modules')
    if (existsSync(libraries)) folders.push(libraries)
  }
  return folders
}
