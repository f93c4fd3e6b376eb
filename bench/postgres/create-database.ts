import { Client } from 'pg'
import type { PostgresServer } from '../../packages/server/test/postgres/postgres-server.ts'

/** Creates an empty database on the server, and returns its URL. */
export async function createDatabase({ url }: PostgresServer, name: string): Promise<string> {
  const client = new Client(`${url}/postgres`)
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return `${url}/${name}`
}
