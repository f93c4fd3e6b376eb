import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Rights and limits that the system can take from a process before it starts. */
export interface Isolation {
  /** Program and arguments before the command to run; empty where the system has none. */
  readonly prefix: readonly string[]
  readonly isNetworkDropped: boolean
}

/** Command of util-linux that starts a program in a network namespace of its own, which has no interface. */
const WITHOUT_NETWORK = ['unshare', '--user', '--net', '--']

/**
 * Returns what this system permits this user: no network, and a limit of CPU time that the kernel enforces, also after
 * the death of the server.
 */
export async function findIsolation(maxCpuMs: number): Promise<Isolation> {
  const seconds = Math.max(1, Math.ceil(maxCpuMs / 1000))
  // A core file of a reader would be a copy of the document on the disk.
  // SIGXCPU at the soft limit tells the cause; SIGKILL at the hard one would not.
  const limits = `ulimit -c 0 && ulimit -S -t ${seconds} && ulimit -H -t ${seconds + 2}`
  const limited = ['/bin/sh', '-c', `${limits} && exec env -i "$@"`, 'sh']
  const both = [...limited, ...WITHOUT_NETWORK]
  if (await canRun(both)) return { prefix: both, isNetworkDropped: true }
  return { prefix: (await canRun(limited)) ? limited : [], isNetworkDropped: false }
}

async function canRun([program = '', ...args]: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(program, [...args, 'true'], { env: {}, timeout: 5_000 })
    return true
  } catch {
    return false
  }
}

/**
 * Returns the command of a Node process with no rights but to read the files of a package and of the libraries that it
 * finds. `maxHeapBytes` limits the heap.
 */
export function isolatedNode(packageFolder: string, maxHeapBytes: number, isolation: Isolation): string[] {
  return [
    ...isolation.prefix,
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
