import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const DEBIAN = '/usr/lib/postgresql'
const THREADS = 2

export interface Pgbench {
  readonly version: string
  /** Runs the script `transactionsEach` times per client with prepared statements; returns transactions per second. */
  run(script: string, options: { clients: number; transactionsEach: number }): Promise<number>
}

/** Finds pgbench, PostgreSQL's load generator, for the server at `url`; returns null when it is not installed. */
export async function findPgbench(url: string, directory: string): Promise<Pgbench | null> {
  for (const program of candidates()) {
    const version = await run(program, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    )
    if (version === null) continue
    const path = join(directory, 'pgbench.sql')
    return {
      version,
      run: async (script, { clients, transactionsEach }) => {
        await writeFile(path, script)
        const load = [
          '--client',
          clients,
          '--jobs',
          Math.min(THREADS, clients),
          '--transactions',
          transactionsEach,
        ]
        const options = ['--no-vacuum', '--protocol=prepared', `--file=${path}`, '--define=i=0']
        const { stdout } = await run(program, [...load.map(String), ...options, url])
        return Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
      },
    }
  }
  return null
}

/** Returns pgbench from PATH, or else the newest version in Debian's PostgreSQL folders, which are not in PATH. */
function candidates(): string[] {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    return ['pgbench', ...versions.map((version) => join(DEBIAN, version, 'bin', 'pgbench'))]
  } catch {
    return ['pgbench']
  }
}
