import { readConfig } from '@waybill/server/config.ts'
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

/** Opens the installation's database for one command and closes it afterwards. A server may run at the same time. */
export async function withDatabase<T>(
  io: CommandIo,
  work: (context: OperatorContext) => Promise<T>,
): Promise<T> {
  const choice = readConfig(io.env).database
  if (choice.kind === 'sqlite' && choice.path === ':memory:') {
    throw new Error('DATABASE_URL=sqlite::memory: only the server itself can read a database in its memory.')
  }
  const { openDatabase } = await import('@waybill/server/compose/open-database.ts')
  const database = await openDatabase(choice)
  try {
    return await withAudit(database, io, work)
  } finally {
    await database.close()
  }
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
