import { createHash } from 'node:crypto'
import { runOnce } from './test-database.ts'

export interface InstallationDatabase {
  /** Environment variables for the processes of the installation; empty for the database in its folder. */
  readonly environment: Readonly<Record<string, string>>
  /** Creates the database unless it exists. Returns `environment`. */
  create(): Promise<Readonly<Record<string, string>>>
  remove(): Promise<void>
}

const IN_FOLDER: InstallationDatabase = {
  environment: {},
  create: async () => ({}),
  remove: async () => {},
}
/** Database on the shared server with the schema and without records. */
export const TEMPLATE = 'waybill_template'

/** Key that the processes of an installation have in common. */
const S3_CREDENTIALS_KEY = Buffer.alloc(32, 1).toString('base64')

const DUPLICATE_DATABASE = '42P04'

/** Returns the database of an installation: with TEST_DATABASE=postgres one on the shared server. */
export function databaseOf(dataDir: string): InstallationDatabase {
  if (process.env.TEST_DATABASE !== 'postgres') return IN_FOLDER
  const server = process.env.TEST_POSTGRES_URL
  const name = `waybill_${createHash('sha256').update(dataDir).digest('hex').slice(0, 32)}`
  const environment = { DATABASE_URL: `${server}/${name}`, S3_CREDENTIALS_KEY }
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
