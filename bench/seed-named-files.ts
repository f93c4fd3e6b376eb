import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { Database } from '../packages/server/src/database/database.ts'
import { openPostgresDatabase } from '../packages/server/src/database/postgres/postgres-database.ts'
import { openSqliteDatabase } from '../packages/server/src/database/sqlite/sqlite-database.ts'
import type { Installation } from './waybill.ts'

/** Files that one statement inserts, or the index takes at once. */
const FILES_AT_ONCE = 10_000
/** Time from one upload to the next: 1,000,000 files take a year. */
const UPLOAD_EVERY_MS = 31_536
const FIRST_UPLOAD_MS = Date.UTC(2023, 2, 1)

/**
 * Columns of File number `n`, in SQL of both databases. Names end with a week of 20, each folder has one File in 10, and one
 * in 10,000 is an image.
 */
const VALUES = `'file_' || n, $1, 'report-' || n || '-week-' || n % 20 || '.txt', 'folder-' || n % 10 || '/',
  n * 7919 % 1000000, CASE n % 10000 WHEN 777 THEN 'image/png' ELSE 'text/plain' END, 'object ' || n, '1', 'AAAAAA==',
  ${FIRST_UPLOAD_MS} + n * ${UPLOAD_EVERY_MS}`
const COLUMNS = `id, organization_id, filename, path, size_bytes, content_type, object_name, generation, crc32c,
  uploaded_at_ms`

/**
 * Adds `count` Files with different names, folders, sizes and types to the database of the stopped service, and indexes
 * them for searches.
 */
export async function seedNamedFiles(
  { dataDirectory, settings }: Installation,
  organizationId: string,
  count: number,
): Promise<void> {
  const { DATABASE_URL: url } = settings
  const path = join(dataDirectory, 'waybill.db')
  if (url === undefined) insertIntoSqlite(path, organizationId, count)
  else await insertIntoPostgres(url, organizationId, count)
  const database =
    url === undefined
      ? openSqliteDatabase(path)
      : await openPostgresDatabase({ url, maxConnections: 1 }, () => {})
  await indexAll(database)
  await database.close()
  if (url !== undefined) await analyze(url)
}

function insertIntoSqlite(path: string, organizationId: string, count: number): void {
  const database = new DatabaseSync(path)
  const insert = database.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT $2 UNION ALL SELECT n + 1 FROM numbers WHERE n < $3)
     INSERT INTO files (${COLUMNS}) SELECT ${VALUES} FROM numbers`,
  )
  for (const [first, last] of ranges(count)) insert.run({ $1: organizationId, $2: first, $3: last })
  database.close()
}

async function insertIntoPostgres(url: string, organizationId: string, count: number): Promise<void> {
  const client = new Client(url)
  await client.connect()
  for (const [first, last] of ranges(count)) {
    await client.query(
      `INSERT INTO files (${COLUMNS}) SELECT ${VALUES} FROM generate_series($2::bigint, $3::bigint) AS n`,
      [organizationId, first, last],
    )
  }
  await client.end()
}

/** PostgreSQL does this by itself, some time after so many inserts. */
async function analyze(url: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  await client.query('VACUUM ANALYZE files')
  await client.end()
}

function* ranges(count: number): Generator<[number, number]> {
  for (let first = 1; first <= count; first += FILES_AT_ONCE) {
    yield [first, Math.min(first + FILES_AT_ONCE - 1, count)]
  }
}

async function indexAll({ files }: Database): Promise<void> {
  while ((await files.indexForSearch(FILES_AT_ONCE)) > 0);
}
