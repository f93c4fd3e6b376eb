import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DatabaseChoice } from '../config.ts'
import { type CopiedTable, copyDatabase } from '../database/copy-database.ts'
import type { Database } from '../database/database.ts'
import type { PoolOptions } from '../database/postgres/connection.ts'
import { openSqliteDatabase } from '../database/sqlite/sqlite-database.ts'
import { openSqliteTables } from '../database/sqlite/sqlite-tables.ts'
import type { Log } from '../operations/log.ts'
import { opening } from './opening.ts'

/** Opens the database. Commands of the operator may open it while a server is running. */
export function openDatabase(choice: DatabaseChoice, log: Log = { warn: () => {} }): Promise<Database> {
  if (choice.kind === 'postgres')
    return opening('the database of DATABASE_URL', () => openPostgres(choice, log))
  const { path } = choice
  return opening(`the database of DATABASE_URL or DATA_DIR (${path})`, async () => {
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return openSqliteDatabase(path)
  })
}

/**
 * Copies all records of a SQLite database into a PostgreSQL database.
 * Throws a message for the operator when the copy is refused or differs from the source.
 */
export async function copyRecords(
  from: DatabaseChoice & { kind: 'sqlite' },
  to: DatabaseChoice & { kind: 'postgres' },
  onTable: (table: CopiedTable) => void,
): Promise<void> {
  const source = await opening('the database to copy from', async () => openSqliteTables(from.path))
  try {
    const { openPostgresTables } = await import('../database/postgres/postgres-tables.ts')
    const target = await opening('the database to copy to', () => openPostgresTables(to.url))
    await copyDatabase(source, target, from.path, onTable).finally(target.close)
  } finally {
    await source.close()
  }
}

/** Loads the driver only when it is needed. */
async function openPostgres(choice: PoolOptions, log: Log): Promise<Database> {
  const { openPostgresDatabase } = await import('../database/postgres/postgres-database.ts')
  return openPostgresDatabase(choice, (reason) =>
    log.warn({ reason }, 'a connection to the database was lost'),
  )
}
