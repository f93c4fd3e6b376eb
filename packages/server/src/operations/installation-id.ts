import { randomBytes } from 'node:crypto'
import type { Database } from '../database/database.ts'

/** Returns the id of the installation whose records these are, by which a storage knows its owner. */
export function installationId({ installation }: Pick<Database, 'installation'>): Promise<string> {
  return installation.secret('installation', randomBytes(16).toString('hex'))
}
