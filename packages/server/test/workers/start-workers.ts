import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { eventually } from '../clients/eventually.ts'
import { spawnWaybill } from '../start-server.ts'

/** Service of several processes, in a new folder, with the organization and the key of its first start. */
export interface TestWorkers {
  readonly url: string
  readonly baseUrl: string
  readonly organizationId: string
  readonly apiKey: string
  readonly dataDir: string
  output(): string
  /** Lines of the log with this message. */
  linesOf(message: string): readonly Line[]
  /** Returns the ids of the processes that serve, the oldest first. */
  workers(): readonly number[]
  /** Opens a connection to one of the workers. Its requests go over this connection. */
  connectTo(worker: number): Promise<Agent>
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code of the supervisor. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

interface Line {
  readonly msg: string
  readonly pid?: number
  readonly worker?: number
  readonly url?: string
  readonly trace_id?: string
  readonly path?: string
}

/** Starts a service with workers, and with records and bytes in a new folder. */
export async function startWorkers(count: number, env: Record<string, string> = {}): Promise<TestWorkers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waybill-workers-'))
  const child = spawnWaybill(dataDir, ['serve', '--workers', String(count)], env)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const ended = once(child, 'exit').then(([code]) => code)
  const linesOf = (message: string): readonly Line[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === message)
  const url = await Promise.race([
    eventually('the service listens', () => linesOf('listening')[0]?.url),
    ended.then((code) => assert.fail(`the service ended with ${code}`)),
  ])
  const workers = () => {
    const gone = new Set(linesOf('a worker ended').map(({ worker }) => worker))
    return linesOf('a worker serves').flatMap(({ worker = 0 }) => (gone.has(worker) ? [] : [worker]))
  }
  const connectTo = (worker: number) =>
    eventually(`a connection to ${worker}`, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const traceId = `connection-${process.hrtime.bigint()}`
      await text(await openGet(`${url}/v1/health`, agent, { 'x-request-id': traceId }))
      const line = await eventually('the request is in the log', () =>
        linesOf('request').find(({ trace_id }) => trace_id === traceId),
      )
      if (line.pid === worker) return agent
      agent.destroy()
      return false
    })
  return {
    url,
    baseUrl: `${url}/v1/organizations/org_default`,
    organizationId: 'org_default',
    apiKey: (await readFile(join(dataDir, 'first-admin-key'), 'utf8')).trim(),
    dataDir,
    output: () => output,
    linesOf,
    workers,
    connectTo,
    signal: (signal) => child.kill(signal),
    ended,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Sends GET over the connection of the agent. Returns the answer, whose body is not read yet. */
export async function openGet(
  url: string,
  agent: Agent,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const [answer] = await once(get(url, { agent, headers }), 'response')
  return answer
}
