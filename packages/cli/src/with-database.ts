import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import { type Audit, createAudit } from '@waybill/server/operations/access/audit.ts'
import { readInstallationTime } from '@waybill/server/operations/installation/installation-clock.ts'
import type { Log } from '@waybill/server/operations/log.ts'
import type { CommandIo } from './command-io.ts'

/** Context of operations that the operator runs at the command line. */
export interface OperatorContext {
  readonly database: Database
  readonly audit: Audit
  readonly log: Log
  /** Returns the installation's time, which never goes back. */
  now(): number
}

/**
 * Opens the installation's database for one command and closes it afterwards. A server may run at the same time. Throws
 * a message for the operator when there is no database, unless the command `mayCreate` it.
 */
export async function withDatabase<T>(
  io: CommandIo,
  work: (context: OperatorContext) => Promise<T>,
  { mayCreate = false } = {},
): Promise<T> {
  const config = readConfig(io.env)
  const choice = config.database
  if (choice.kind === 'sqlite' && choice.path === ':memory:') {
    throw new Error('DATABASE_URL=sqlite::memory: only the server itself can read a database in its memory.')
  }
  if (!mayCreate) assertInstallation(config)
  const { openDatabase } = await import('@waybill/server/compose/open-database.ts')
  const database = await openDatabase(choice)
  try {
    return await withAudit(database, io, work)
  } finally {
    await database.close()
  }
}

/**
 * Throws a message for the operator when the file of the database does not exist: opening it would make a new, empty
 * installation, for which every command succeeds.
 */
export function assertInstallation({ database, dataDirectory }: Config): void {
  if (database.kind !== 'sqlite' || database.path === ':memory:' || existsSync(database.path)) return
  throw new Error(
    database.path === join(dataDirectory, 'waybill.db')
      ? `there is no installation in ${dataDirectory}: is DATA_DIR correct?`
      : `there is no database ${database.path}: is DATABASE_URL correct?`,
  )
}

/** Runs operations on an open database; their audit is written when this resolves. */
export async function withAudit<T>(
  database: Database,
  log: Log,
  work: (context: OperatorContext) => Promise<T>,
): Promise<T> {
  const now = await readInstallationTime(database.installation)
  const audit = createAudit({ database, log, now })
  try {
    return await work({ database, audit, log, now })
  } finally {
    await audit.close()
  }
}
