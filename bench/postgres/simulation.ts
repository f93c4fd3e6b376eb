import { Client } from 'pg'
import { createConnection } from '../../packages/server/src/database/postgres/connection.ts'
import { migrate } from '../../packages/server/src/database/postgres/migrate.ts'
import { addHistory, addOrganizations, addSessions, checkRegistered } from './numbered-uploads.ts'
import { partitionTables } from './partition-tables.ts'
import type { Pgbench } from './pgbench.ts'
import { registerScript } from './register-script.ts'
import { serverSeconds } from './server-processor.ts'

export interface Load {
  readonly name: string
  readonly organizations: number
  readonly clients: number
  readonly filesPerStatement: number
  /** False measures the log long after a checkpoint, when every changed page has been logged in full before. */
  readonly hasPageImages?: boolean
}

export interface Sample {
  readonly perSecond: number
  readonly cpuSecondsPer1000: number
  readonly walBytesEach: number
  /** Full-page images: the first change of a page after a checkpoint logs the complete page. */
  readonly pageImagesEach: number
}

export interface Size {
  readonly name: string
  readonly isIndex: boolean
  readonly bytesPerFile: number
  /** Absent (null) for an index. */
  readonly rowsPerPage: number | null
}

export interface SimulationOptions {
  readonly pgbench: Pgbench
  /** Number of partitions; 0 for the present schema. */
  readonly partitions: number
  readonly organizations: number
}

const FILES_AT_A_TIME = 50_000

/** Creates a database on the server, which can be filled and measured. */
export async function openSimulation(serverUrl: string, name: string, options: SimulationOptions) {
  const admin = await connect(`${serverUrl}/postgres`)
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  const url = `${serverUrl}/${name}`
  const connection = createConnection({ url, maxConnections: 2 }, () => {})
  await migrate(connection)
  await connection.close()
  const client = await connect(url)
  if (options.partitions > 0) await partitionTables(client, options.partitions)
  await addOrganizations(client, options.organizations)
  let files = 0

  return {
    /** Adds files until there are `count`. */
    fill: async (size: number) => {
      await client.query('SET synchronous_commit = off')
      while (files < size) {
        const count = Math.min(FILES_AT_A_TIME, size - files)
        await addHistory(client, { first: files, count, organizations: options.organizations })
        files += count
      }
      await client.query('SET synchronous_commit = on')
      await client.query('VACUUM ANALYZE')
    },

    measure: async (load: Load, about: number): Promise<Sample> => {
      const { organizations, clients, filesPerStatement, hasPageImages = true } = load
      const transactionsEach = Math.ceil(about / clients / filesPerStatement)
      const uploads = { first: files, count: transactionsEach * clients * filesPerStatement, organizations }
      await addSessions(client, uploads)
      files += uploads.count
      await client.query(`ALTER SYSTEM SET full_page_writes = ${hasPageImages ? 'on' : 'off'}`)
      await client.query('SELECT pg_reload_conf()')
      // The second checkpoint runs after the checkpointer has read the setting.
      await client.query('CHECKPOINT')
      await client.query('CHECKPOINT')
      const before = await countersOf(client)
      const script = registerScript({ first: uploads.first, clients, organizations, filesPerStatement })
      const statements = await options.pgbench.run(script, { clients, transactionsEach })
      const after = await countersOf(client)
      await checkRegistered(client, uploads)
      return {
        perSecond: statements * filesPerStatement,
        cpuSecondsPer1000: ((after.cpuSeconds - before.cpuSeconds) / uploads.count) * 1000,
        walBytesEach: (after.walBytes - before.walBytes) / uploads.count,
        pageImagesEach: (after.pageImages - before.pageImages) / uploads.count,
      }
    },

    sizes: () => sizesOf(client, files),
    close: () => client.end(),
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url)
  // Ignores the end of the server, so that the failure of a measurement is reported instead.
  client.on('error', () => {})
  await client.connect()
  return client
}

async function countersOf(client: Client) {
  const { rows } = await client.query(
    `SELECT pg_stat_clear_snapshot(), pg_current_wal_insert_lsn() - '0/0' AS wal_bytes,
       (SELECT wal_fpi FROM pg_stat_wal) AS page_images`,
  )
  return {
    walBytes: Number(rows[0].wal_bytes),
    pageImages: Number(rows[0].page_images),
    cpuSeconds: await serverSeconds(client),
  }
}

async function sizesOf(client: Client, files: number): Promise<readonly Size[]> {
  const { rows } = await client.query(
    `SELECT c.relname AS name, c.relkind = 'i' AS is_index, pg_relation_size(c.oid) AS bytes, c.reltuples, c.relpages
     FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
     WHERE COALESCE(i.indrelid, c.oid) IN ('files'::regclass, 'upload_sessions'::regclass, 'audit_events'::regclass)
     ORDER BY COALESCE(i.indrelid, c.oid)::regclass::text DESC, c.relkind DESC, c.relname`,
  )
  return rows.map(({ name, is_index, bytes, reltuples, relpages }) => ({
    name,
    isIndex: is_index,
    bytesPerFile: Number(bytes) / files,
    rowsPerPage: is_index ? null : reltuples / relpages,
  }))
}
