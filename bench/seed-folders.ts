import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteDatabase } from '../packages/server/src/database/sqlite/sqlite-database.ts'
import type { Waybill } from './waybill.ts'

/** Files of one transaction of the indexing. */
const FILES_AT_A_TIME = 5000

/**
 * Adds `files` File records to the database of the stopped server, and indexes them for searches. Each hundred is in a
 * folder with two folders. A tenth are images, one of 20 has `middle` in its name, and three have `seldom`.
 */
export async function seedFolders(
  { dataDirectory }: Pick<Waybill, 'dataDirectory'>,
  organizationId: string,
  files: number,
): Promise<void> {
  const path = join(dataDirectory, 'waybill.db')
  const sqlite = new DatabaseSync(path)
  sqlite
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $files),
         names (n, name) AS (
           SELECT n, printf('%s-report-%d.%s',
             CASE WHEN n % ($files / 3) = 1 THEN 'seldom' WHEN n % 20 = 7 THEN 'middle' ELSE 'usual' END,
             n * 7919 % $files, CASE n % 10 WHEN 0 THEN 'png' ELSE 'pdf' END) FROM numbers)
       INSERT INTO files (id, organization_id, filename, path, size_bytes, content_type, object_name, generation, crc32c,
         uploaded_at_ms)
       SELECT printf('file_%032x', n), $organizationId, name, printf('team-%d/%d/', n / 100, n / 50 % 2),
         n * 104729 % 1000003, CASE n % 10 WHEN 0 THEN 'image/png' ELSE 'application/pdf' END,
         printf('files/%s/file_%032x/%s', $organizationId, n, name), '1', 'AAAAAA==', 1700000000000 + n
       FROM names`,
    )
    .run({ files, organizationId })
  sqlite
    .prepare('UPDATE organizations SET file_count = file_count + $files WHERE id = $organizationId')
    .run({ files, organizationId })
  // Random entries would take hours on a slow disk; an index is sorted when it is created.
  const indexes = sqlite
    .prepare("SELECT name, sql FROM sqlite_master WHERE name IN ('files_by_name', 'files_by_size')")
    .all()
  for (const { name } of indexes) sqlite.exec(`DROP INDEX ${name}`)
  const database = openSqliteDatabase(path)
  while ((await database.files.indexForSearch(FILES_AT_A_TIME)) > 0);
  await database.close()
  for (const { sql } of indexes) sqlite.exec(String(sql))
  sqlite.close()
}
