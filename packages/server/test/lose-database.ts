import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseOf } from './postgres/database-of.ts'

/** Leaves an installation without its records, as a deleted file, another volume or a database set up anew does. */
export async function loseDatabase(dataDir: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(join(dataDir, `waybill.db${end}`), { force: true })
  await databaseOf(dataDir).remove()
  await databaseOf(dataDir).create()
}
