import { openDatabase } from '../../src/server.ts'
import { TEMPLATE } from './database-of.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { runOnce } from './test-database.ts'

/** What one file of tests may find used up by another; each process of ours takes up to ten. */
const SETTINGS = [
  // No test cuts the power of this server, and every one waits for it.
  'fsync=off',
  'max_connections=400',
  // A deadlock in a test shall not look like a slow machine.
  'deadlock_timeout=100ms',
]

let server: PostgresServer | null = null

/**
 * Starts one PostgreSQL server for a run of the tests, which find it by TEST_POSTGRES_URL, each file in a database
 * of its own. Where none can be started the tests that need one are skipped, and in CI the run fails.
 */
export async function globalSetup(): Promise<void> {
  try {
    server = await startPostgres({ settings: SETTINGS })
    await createTemplate(server.url)
    process.env.TEST_POSTGRES_URL = server.url
  } catch (error) {
    if (process.env.CI) throw error
    const reason = error instanceof Error ? error.message : error
    console.warn(`tests on PostgreSQL are skipped: ${reason}`)
  }
}

/** Creates the database that those of the installations are copies of, which spares each the migrations. */
async function createTemplate(serverUrl: string): Promise<void> {
  await runOnce(`${serverUrl}/postgres`, `CREATE DATABASE ${TEMPLATE}`)
  const url = `${serverUrl}/${TEMPLATE}`
  await (await openDatabase({ kind: 'postgres', url, maxConnections: 2 })).close()
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
