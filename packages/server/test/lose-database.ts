import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseOf } from './postgres/database-of.ts'

/** Deletes an installation's database, as a removed file, a wrong volume or a new database would. */
export async function loseDatabase(dataDir: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(join(dataDir, `waybill.db${end}`), { force: true })
  await databaseOf(dataDir).remove()
  await databaseOf(dataDir).create()
}
