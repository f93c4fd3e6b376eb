import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { databaseOf } from './postgres/database-of.ts'

const WAYBILL_PATH = fileURLToPath(new URL('../../cli/bin/waybill.js', import.meta.url))

export interface TestServer {
  /** For example `http://127.0.0.1:41234`. */
  readonly url: string
  /** `${url}/v1/organizations/${organizationId}` */
  readonly baseUrl: string
  readonly organizationId: string
  readonly apiKey: string
  readonly dataDir: string
  readonly pid: number
  /** Returns the standard output of the process so far. */
  output(): string
  /** Creates another organization. */
  addOrganization(id: string): Promise<{ readonly organizationId: string; readonly apiKey: string }>
  /** Sends the signal and waits for the end of the process. Returns its exit code; null after a signal. */
  kill(signal: NodeJS.Signals): Promise<number | null>
  /** Starts a new process for the same installation on the same port. */
  restart(): Promise<TestServer>
  /** Ends the process, or the one that has replaced it after a restart, and removes the data. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly env?: Record<string, string>
  /** Folder of the installation, kept after `stop`; absent for a temporary one. */
  readonly dataDir?: string
  /** Receives the output of the process; `output` stays empty then. */
  readonly onOutput?: (text: string) => void
}

/** Runs the real command line on the installation in `dataDir`, and returns its output. */
export async function runWaybill(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [WAYBILL_PATH, ...args], {
    env: { ...process.env, ...(await databaseOf(dataDir).create()), ...env, DATA_DIR: dataDir },
    timeout: 60_000,
  })
  return stdout
}

/** Running processes. A test that fails before it stops its server must not keep its own process from ending. */
const running = new Set<ChildProcessByStdio<null, Readable, null>>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts the real command line for a caller that observes the process and may kill it. It ends with the caller's process. */
export function spawnWaybill(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, [WAYBILL_PATH, ...args], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      ...databaseOf(dataDir).environment,
      ...env,
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Starts the real process on a free port of 127.0.0.1, with one new organization and its key. */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'waybill-test-')))
  const id = `org_${process.hrtime.bigint().toString(36)}`
  const created = await addOrganization(dataDir, id, 'Test', options.env)
  return startProcess({ dataDir, ...created, keepData: options.dataDir !== undefined, end: null }, options)
}

async function addOrganization(dataDir: string, id: string, name: string, env?: Record<string, string>) {
  const args = ['organizations', 'create', '--id', id, '--name', name, '--json']
  const created = JSON.parse(await runWaybill(dataDir, args, env))
  const apiKey: string = created.api_key.key
  return { organizationId: id, apiKey }
}

interface Installation {
  readonly dataDir: string
  readonly organizationId: string
  readonly apiKey: string
  readonly keepData: boolean
  /** Ends the newest process; null before the first one. */
  end: (() => Promise<unknown>) | null
}

async function startProcess(installation: Installation, options: StartOptions): Promise<TestServer> {
  const { env = {}, onOutput } = options
  const child = spawnWaybill(installation.dataDir, ['serve'], env)
  let output = ''
  const keep = (text: string) => {
    output += text
  }
  child.stdout.setEncoding('utf8').on('data', onOutput ?? keep)
  const url = await listeningUrl(child)
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    return child.exitCode
  }
  installation.end = () => kill('SIGKILL')
  const { dataDir, organizationId, apiKey } = installation
  return {
    ...{ dataDir, organizationId, apiKey, url },
    baseUrl: `${url}/v1/organizations/${organizationId}`,
    pid: child.pid ?? 0,
    output: () => output,
    addOrganization: (id) => addOrganization(dataDir, id, 'Second'),
    kill,
    restart: () => startProcess(installation, { ...options, env: { ...env, PORT: new URL(url).port } }),
    stop: async () => {
      await installation.end?.()
      if (installation.keepData) return
      await rm(dataDir, { recursive: true, force: true })
      await databaseOf(dataDir).remove()
    },
  }
}

/** Returns the URL of the log line `{"msg":"listening","url":…}`, which means that the server accepts requests. */
export async function listeningUrl(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with code ${code} before it listened`)
  })
  const listening = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{')) continue
      const entry = JSON.parse(line)
      if (entry.msg === 'listening') return entry.url as string
    }
    return exited
  })()
  return Promise.race([listening, exited])
}
