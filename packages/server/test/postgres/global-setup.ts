import { openDatabase } from '../../src/compose/open-database.ts'
import { TEMPLATE } from './database-of.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { runOnce } from './test-database.ts'

/** Settings of the server. Test files share the connections; each process uses up to ten. */
const SETTINGS = [
  // No test cuts the power of this server, and syncs would slow down every test.
  'fsync=off',
  'max_connections=400',
  // A deadlock in a test must not look like a slow machine.
  'deadlock_timeout=100ms',
]

let server: PostgresServer | null = null

/**
 * Starts one PostgreSQL server for a run of the tests and sets TEST_POSTGRES_URL. Each file uses its own databases.
 * When no server can be started, the tests that need it are skipped; in CI the run fails.
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

/** Creates the template of the installations' databases, so that they need no migrations. */
async function createTemplate(serverUrl: string): Promise<void> {
  await runOnce(`${serverUrl}/postgres`, `CREATE DATABASE ${TEMPLATE}`)
  const url = `${serverUrl}/${TEMPLATE}`
  await (await openDatabase({ kind: 'postgres', url, maxConnections: 2 })).close()
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
