// Measures the queue of tasks on SQLite and PostgreSQL, and prints the table of docs/decisions/021-queue.md.
//   node bench/queue.ts [--tasks 50000] [--seconds 10]
import { mkdtemp, open, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { openDatabase } from '../packages/server/src/compose/open-database.ts'
import type { Database } from '../packages/server/src/database/database.ts'
import { createFixture } from '../packages/server/src/database/records/fixture.conformance.ts'
import { startPostgres } from '../packages/server/test/postgres/postgres-server.ts'
import { serverSeconds } from './postgres/server-processor.ts'
import { markdownTable } from './report/markdown.ts'
import { summarize } from './statistics.ts'

const KIND = 'bench'
const ORGANIZATIONS = 10
const INSERTS_AT_ONCE = 64
const LEASE_MS = 30_000
const DAY_MS = 24 * 60 * 60 * 1000
const WORKERS = [1, 4]
/** The limit of one organization in the program. */
const MAX_PER_ORGANIZATION = 4
/** The limit of the counts for the metrics. */
const MAX_COUNTED = 20_000
const COUNTS = 10
const SYNCS = 50

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '50000' }, seconds: { type: 'string', default: '10' } },
})
const taskCount = Number(values.tasks)
const runMs = Number(values.seconds) * 1000

/** Returns the processor seconds of this process and of the server of the database. */
type CpuSeconds = () => Promise<number>

interface Rate {
  readonly perSecond: number
  readonly cpuMsPerTask: number
}

const directory = await mkdtemp(join(tmpdir(), 'waybill-queue-'))
const startedAt = `${new Date().toISOString().slice(0, 16)}: load average ${loadavg()[0]?.toFixed(1)} at the beginning`
const rows: string[][] = []
try {
  // The rates depend on it: a claim and a finish are two commits.
  const syncMs = await measureSync(join(directory, 'sync'))
  console.log(`a synced write takes ${syncMs.toFixed(1)} ms (p50)`)
  const sqlite = await openDatabase({ kind: 'sqlite', path: join(directory, 'waybill.db') })
  rows.push(await measureDatabase('SQLite', sqlite, ownSeconds))
  await sqlite.close()
  rows.push(await measurePostgres())
} finally {
  await rm(directory, { recursive: true, force: true })
}
const heading = (text: string) => ({ heading: text, align: 'right' as const })
const columns = ['1 worker', 'CPU', '4 workers', 'CPU', 'counts for the metrics, p50 to max'].map(heading)
console.log(`${startedAt}, ${loadavg()[0]?.toFixed(1)} at the end\n`)
console.log(markdownTable([{ heading: 'database', align: 'left' }, ...columns], rows))

async function measureSync(path: string): Promise<number> {
  await using file = await open(path, 'w')
  const times: number[] = []
  for (let count = 0; count < SYNCS; count++) {
    const writtenAt = performance.now()
    await file.write(Buffer.alloc(4096))
    await file.datasync()
    times.push(performance.now() - writtenAt)
  }
  return summarize(times).median
}

async function measurePostgres(): Promise<string[]> {
  const server = await startPostgres()
  const url = `${server.url}/postgres`
  const client = new Client(url)
  await client.connect()
  const postgres = await openDatabase({ kind: 'postgres', url, maxConnections: 10 })
  try {
    return await measureDatabase(
      server.version.replace('postgres (PostgreSQL)', 'PostgreSQL'),
      postgres,
      async () => (await ownSeconds()) + (await serverSeconds(client)),
    )
  } finally {
    await postgres.close()
    await client.end()
    await server.stop()
  }
}

async function measureDatabase(name: string, database: Database, cpuSeconds: CpuSeconds): Promise<string[]> {
  await insertTasks(database)
  const cells = [name]
  const claimed = new Set<string>()
  for (const workers of WORKERS) {
    const { perSecond, cpuMsPerTask } = await measureClaims(database, workers, claimed, cpuSeconds)
    cells.push(`${Math.round(perSecond)}/s`, `${cpuMsPerTask.toFixed(2)} ms`)
  }
  const times: number[] = []
  for (let count = 0; count < COUNTS; count++) {
    const countedAt = performance.now()
    await database.tasks.count(KIND, MAX_COUNTED)
    times.push(performance.now() - countedAt)
  }
  const { median, max } = summarize(times)
  return [...cells, `${median.toFixed(1)} to ${max.toFixed(1)} ms`]
}

async function insertTasks(database: Database): Promise<void> {
  const { newOrganization } = createFixture(() => database)
  const organizations: string[] = []
  for (let count = 0; count < ORGANIZATIONS; count++) organizations.push(await newOrganization())
  const numbers = Array.from({ length: taskCount }, (_, number) => number).values()
  const insertRest = async () => {
    for (const number of numbers) {
      const organizationId = organizations[number % ORGANIZATIONS] ?? ''
      const createdAtMs = Date.now()
      await database.tasks.insert({
        ...{ kind: KIND, organizationId, key: String(number), payload: '{}', createdAtMs },
      })
    }
  }
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, insertRest))
}

/** Claims and finishes single tasks with several workers for some seconds. Throws when a task is claimed twice. */
async function measureClaims(
  { tasks }: Database,
  workers: number,
  claimed: Set<string>,
  cpuSeconds: CpuSeconds,
): Promise<Rate> {
  let finished = 0
  const cpuBefore = await cpuSeconds()
  const startedAtMs = performance.now()
  const work = async () => {
    for (let after = ''; performance.now() - startedAtMs < runMs; ) {
      const nowMs = Date.now()
      const claim = await tasks.claim({
        ...{ kind: KIND, nowMs, leaseUntilMs: nowMs + LEASE_MS, deadlineAtMs: nowMs + DAY_MS },
        ...{ max: 1, maxPerOrganization: MAX_PER_ORGANIZATION, after },
      })
      after = claim.after
      for (const task of claim.tasks) {
        if (claimed.has(task.key)) throw new Error(`task ${task.key} was claimed twice`)
        claimed.add(task.key)
        if (await tasks.finish(task)) finished++
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const seconds = (performance.now() - startedAtMs) / 1000
  const cpu = (await cpuSeconds()) - cpuBefore
  return { perSecond: finished / seconds, cpuMsPerTask: (cpu * 1000) / finished }
}

async function ownSeconds(): Promise<number> {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
