import { readConfig } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import { readInstallationTime } from '@waybill/server/operations/installation-clock.ts'
import { openDatabase } from '@waybill/server/server.ts'

/** What operations of the operator work with. */
export interface OperatorContext {
  readonly database: Database
  /** Returns the installation's time, which never goes back. */
  now(): number
}

/** Opens the installation's database for one command, beside a running server too, and lets go of it. */
export async function withDatabase<T>(
  env: NodeJS.ProcessEnv,
  work: (context: OperatorContext) => Promise<T>,
): Promise<T> {
  const choice = readConfig(env).database
  if (choice.kind === 'sqlite' && choice.path === ':memory:') {
    throw new Error('what a server holds in memory only that server knows')
  }
  const database = await openDatabase(choice)
  try {
    return await work({ database, now: await readInstallationTime(database.installation) })
  } finally {
    await database.close()
  }
}
