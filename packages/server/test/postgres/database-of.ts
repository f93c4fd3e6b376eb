import { createHash } from 'node:crypto'
import { runOnce } from './test-database.ts'

export interface InstallationDatabase {
  /** What the processes of the installation find it by; nothing where they use the one in their folder. */
  readonly environment: Readonly<Record<string, string>>
  /** Makes it where it is not there yet; the environment. */
  create(): Promise<Readonly<Record<string, string>>>
  remove(): Promise<void>
}

const IN_FOLDER: InstallationDatabase = {
  environment: {},
  create: async () => ({}),
  remove: async () => {},
}
/** Has the schema and no record; the shared server comes with it. */
export const TEMPLATE = 'waybill_template'

const DUPLICATE_DATABASE = '42P04'

/** The database of the installation in `dataDir`: with TEST_DATABASE=postgres on the server that the tests share. */
export function databaseOf(dataDir: string): InstallationDatabase {
  if (process.env.TEST_DATABASE !== 'postgres') return IN_FOLDER
  const server = process.env.TEST_POSTGRES_URL
  const name = `waybill_${createHash('sha256').update(dataDir).digest('hex').slice(0, 32)}`
  const environment = { DATABASE_URL: `${server}/${name}` }
  return {
    environment,
    create: async () => {
      await runOnce(`${server}/postgres`, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`).catch((error) => {
        if (error.code !== DUPLICATE_DATABASE) throw error
      })
      return environment
    },
    remove: () => runOnce(`${server}/postgres`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}
