import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  /** File system of the folder for all data. */
  readonly fileSystem: string
  readonly versions: Readonly<Record<string, string>>
}

/** Returns the machine and the versions of all measured programs. */
export async function describeMachine(directory: string): Promise<Machine> {
  const { stdout } = await run('stat', ['--file-system', '--format=%T', directory])
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    fileSystem: stdout.trim(),
    versions: {
      node: process.versions.node,
      waybill: await versionIn('../package.json'),
      '@tus/server': await versionIn('peers/node_modules/@tus/server/package.json'),
      '@tus/file-store': await versionIn('peers/node_modules/@tus/file-store/package.json'),
      '@uploadx/core': await versionIn('peers/node_modules/@uploadx/core/package.json'),
      s3rver: await versionIn('peers/node_modules/s3rver/package.json'),
      nginx: await nginxVersion(),
      cc: (await run('cc', ['-dumpfullversion'])).stdout.trim(),
    },
  }
}

async function versionIn(path: string): Promise<string> {
  return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')).version
}

async function nginxVersion(): Promise<string> {
  return run('nginx', ['-v']).then(
    ({ stderr }) => stderr.trim().split('/').at(-1) ?? 'unknown',
    () => 'not installed',
  )
}
