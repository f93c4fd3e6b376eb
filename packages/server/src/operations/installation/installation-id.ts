import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/database.ts'

/** Returns the id of the database's installation, which a storage stores as its owner. */
export function installationId({ installation }: Pick<Database, 'installation'>): Promise<string> {
  return installation.secret('installation', randomBytes(16).toString('hex'))
}
