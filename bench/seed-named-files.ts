import { Client } from 'pg'
import { openPostgresDatabase } from '../packages/server/src/database/postgres/postgres-database.ts'

/** Files that one statement inserts, or the index takes at once. */
const FILES_AT_ONCE = 10_000
/** Time from one upload to the next: 1,000,000 files take a year. */
const UPLOAD_EVERY_MS = 31_536
const FIRST_UPLOAD_MS = Date.UTC(2023, 2, 1)

/**
 * Columns of File number `n`. Names end with a week of 20, each folder has one File in 10, and one
 * in 10,000 is an image.
 */
const VALUES = `'file_' || n, $1, 'report-' || n || '-week-' || n % 20 || '.txt', 'folder-' || n % 10 || '/',
  n * 7919 % 1000000, CASE n % 10000 WHEN 777 THEN 'image/png' ELSE 'text/plain' END, 'object ' || n, '1', 'AAAAAA==',
  ${FIRST_UPLOAD_MS} + n * ${UPLOAD_EVERY_MS}`
const COLUMNS = `id, organization_id, filename, path, size_bytes, content_type, object_name, generation, crc32c,
  uploaded_at_ms`

/**
 * Adds `count` Files with different names, folders, sizes and types to the PostgreSQL database of a stopped service, and
 * indexes them for searches.
 */
export async function seedNamedFiles(url: string, organizationId: string, count: number): Promise<void> {
  const client = new Client(url)
  await client.connect()
  for (const [first, last] of ranges(count)) {
    await client.query(
      `INSERT INTO files (${COLUMNS}) SELECT ${VALUES} FROM generate_series($2::bigint, $3::bigint) AS n`,
      [organizationId, first, last],
    )
  }
  await client.query('UPDATE organizations SET file_count = file_count + $2 WHERE id = $1', [
    organizationId,
    count,
  ])
  const database = await openPostgresDatabase({ url, maxConnections: 1 }, () => {})
  while ((await database.files.indexForSearch(FILES_AT_ONCE)) > 0);
  await database.close()
  // PostgreSQL does this by itself, some time after so many inserts.
  await client.query('VACUUM ANALYZE files, file_terms')
  await client.end()
}

function* ranges(count: number): Generator<[number, number]> {
  for (let first = 1; first <= count; first += FILES_AT_ONCE) {
    yield [first, Math.min(first + FILES_AT_ONCE - 1, count)]
  }
}
