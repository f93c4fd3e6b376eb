import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { BatchLimits } from '../../packages/server/src/database/postgres/batches.ts'
import { createConnection } from '../../packages/server/src/database/postgres/connection.ts'
import { createFileRecords } from '../../packages/server/src/database/postgres/file-records.ts'
import { migrate } from '../../packages/server/src/database/postgres/migrate.ts'
import { type PostgresServer, startPostgres } from '../../packages/server/test/postgres/postgres-server.ts'
import { alternate } from '../alternate.ts'
import { runCallers } from '../load/callers.ts'
import { register, type Uploaded, uploadSmall } from '../load/small-flow.ts'
import { createDatabase } from '../postgres/create-database.ts'
import { addOrganizations, addSessions, checkRegistered, numberedFile } from '../postgres/numbered-uploads.ts'
import { findPgbench } from '../postgres/pgbench.ts'
import { registerScript } from '../postgres/register-script.ts'
import { measuredOf, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 64
const ORGANIZATIONS = 64
const BODY = randomBytes(4096)
/** Batching as in the server, and without batching. */
const TOGETHER: BatchLimits = { maxItems: 64, maxInFlight: 2 }
const ONE_BY_ONE: BatchLimits = { maxItems: 1, maxInFlight: CALLERS }

const NAMES = {
  pgbench: `pgbench alone, ${ORGANIZATIONS} organizations`,
  pgbenchOfOne: 'pgbench alone, one organization',
  oneByOne: 'Waybill records, one file per statement',
  together: 'Waybill records, up to 64 per statement',
  togetherOfOne: 'Waybill records, up to 64 per statement, one organization',
  http: 'Waybill, POST /files, one organization',
}

/** Measures registers on PostgreSQL, compared with pgbench running the same statement. */
export const registerPostgresWork: Work = { id: 'register-postgres', measure: measureOnPostgres }

async function measureOnPostgres(bench: Bench): Promise<WorkResult[]> {
  let server: PostgresServer
  try {
    server = await startPostgres({ settings: ['max_connections=200'] })
  } catch (error) {
    return [resultOf([], `Not measured: ${error instanceof Error ? error.message : error}.`)]
  }
  try {
    return [await measureOn(server, bench)]
  } finally {
    await server.stop()
  }
}

async function measureOn(server: PostgresServer, { directory, options }: Bench): Promise<WorkResult> {
  const records = await openRecords(server)
  const pgbench = await findPgbench(records.url, directory)
  const waybill = await startWaybill(join(directory, 'register-postgres'), {
    DATABASE_URL: await createDatabase(server, 'http'),
  })
  const perRound = Math.ceil(options.registersOnPostgres / options.rounds / CALLERS) * CALLERS
  const ofPgbench = (name: string, organizations: number) =>
    pgbench === null
      ? []
      : [
          {
            name,
            measure: () =>
              records.withSessions(perRound, organizations, (first) =>
                pgbench.run(
                  registerScript({ first, clients: CALLERS, organizations, filesPerStatement: 1 }),
                  { clients: CALLERS, transactionsEach: perRound / CALLERS },
                ),
              ),
          },
        ]
  const ofRecords = (name: string, organizations: number, limits: BatchLimits) => ({
    name,
    measure: () =>
      records.withSessions(perRound, organizations, (first) =>
        records.register(first, perRound, organizations, limits),
      ),
  })
  const samples = await alternate(options.rounds, [
    ...ofPgbench(NAMES.pgbench, ORGANIZATIONS),
    ...ofPgbench(NAMES.pgbenchOfOne, 1),
    ofRecords(NAMES.oneByOne, ORGANIZATIONS, ONE_BY_ONE),
    ofRecords(NAMES.together, ORGANIZATIONS, TOGETHER),
    ofRecords(NAMES.togetherOfOne, 1, TOGETHER),
    { name: NAMES.http, measure: () => registerOverHttp(waybill, perRound) },
  ])
  await waybill.process.stop()
  await records.close()
  const { stdout: fileSystem } = await promisify(execFile)('stat', ['-f', '--format=%T', tmpdir()])
  return resultOf(
    [...samples],
    `${server.version} on ${fileSystem.trim()}, with the default configuration: each register is synced before it is ` +
      `answered. ${pgbench ? `${pgbench.version} runs Waybill's statement, prepared, one file per statement` : 'pgbench, for comparison, is not installed'}. ` +
      '"Records" is the part of the database alone; POST /files is the complete request, with key, checks and audit event.',
  )
}

function resultOf(samples: readonly [string, readonly number[]][], method: string): WorkResult {
  const measured = samples.map(([name, all]) => measuredOf(name, all))
  const goal = (name: string, text: string, needed: number) =>
    ratioGoal(measured, [name, NAMES.pgbench], { text, needed, bound: 'at least' })
  return {
    id: 'register-postgres',
    title: 'Register on PostgreSQL, 64 callers',
    method,
    unit: 'requests/s',
    isMoreBetter: true,
    measured,
    goals: [
      ...goal(NAMES.oneByOne, 'records, one per statement: × pgbench', 0.4),
      ...goal(NAMES.together, 'records, up to 64 per statement: × pgbench', 0.7),
      ...goal(NAMES.http, 'POST /files: × pgbench', 0.4),
    ],
  }
}

/** Opens a database with organizations; the contestants register their uploads in turn. */
async function openRecords(server: PostgresServer) {
  const url = await createDatabase(server, 'records')
  const connection = createConnection({ url, maxConnections: CALLERS }, () => {})
  await migrate(connection)
  const client = new Client(url)
  // Ignores the end of the server, so that the failure of a contestant is reported instead.
  client.on('error', () => {})
  await client.connect()
  await addOrganizations(client, ORGANIZATIONS)
  let next = 0
  return {
    url,

    /** Adds sessions and calls `measure` with the number of the first one, to register them. */
    withSessions: async (
      count: number,
      organizations: number,
      measure: (first: number) => Promise<number>,
    ) => {
      const uploads = { first: next, count, organizations }
      next += count
      await addSessions(client, uploads)
      await client.query('CHECKPOINT')
      const perSecond = await measure(uploads.first)
      await checkRegistered(client, uploads)
      return perSecond
    },

    register: async (first: number, count: number, organizations: number, limits: BatchLimits) => {
      const files = createFileRecords(connection, limits)
      let taken = 0
      const startMs = performance.now()
      const runCaller = async () => {
        while (taken < count) {
          const file = numberedFile(first + taken++, organizations)
          await files.register(file.organizationId, file)
        }
      }
      await Promise.all(Array.from({ length: CALLERS }, runCaller))
      return count / ((performance.now() - startMs) / 1000)
    },

    close: async () => {
      await client.end()
      await connection.close()
    },
  }
}

async function registerOverHttp(waybill: Waybill, count: number): Promise<number> {
  const uploads: Uploaded[] = []
  const names = Array.from({ length: count }, (_, index) => `${index}.bin`)
  await runCallers(waybill.url, CALLERS, names, async (call, name) => {
    uploads.push(await uploadSmall(waybill, call, name, BODY))
  })
  const load = await runCallers(waybill.url, CALLERS, uploads, (call, uploaded) =>
    register(waybill, call, uploaded),
  )
  return load.perSecond
}
