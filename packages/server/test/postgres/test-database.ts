import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

/** Reason why tests on PostgreSQL are skipped; false when there is a server. */
export const withoutPostgres: string | false =
  process.env.TEST_POSTGRES_URL === undefined && 'TEST_POSTGRES_URL names no PostgreSQL server'

export interface TestDatabase {
  readonly url: string
  remove(): Promise<void>
}

/** Creates an empty database on the shared server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL
  const name = `waybill_${randomUUID().replaceAll('-', '')}`
  await runOnce(`${server}/postgres`, `CREATE DATABASE ${name}`)
  return {
    url: `${server}/${name}`,
    remove: () => runOnce(`${server}/postgres`, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

/** Runs one statement on a new connection. */
export async function runOnce(url: string, sql: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
