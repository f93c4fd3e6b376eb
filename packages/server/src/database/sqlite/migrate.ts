import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

const MIGRATIONS = join(import.meta.dirname, '..', 'migrations', 'sqlite')

/**
 * Applies all missing migrations in one transaction. Several processes may start at once: the first one gets the lock,
 * and the others find nothing to do.
 * Throws an error with a message for the operator when the schema is newer than the program.
 */
export function migrate(sqlite: DatabaseSync): void {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  sqlite.exec('BEGIN IMMEDIATE')
  try {
    const version = Number(sqlite.prepare('PRAGMA user_version').get()?.user_version)
    if (version > files.length) {
      throw new Error(
        `the database has schema version ${version}, and this program supports ${files.length}: use a newer program`,
      )
    }
    for (const file of files.slice(version)) sqlite.exec(readFileSync(join(MIGRATIONS, file), 'utf8'))
    // SQLite would write an unchanged version too, and a full disk may have no space for it.
    if (version < files.length) sqlite.exec(`PRAGMA user_version = ${files.length}`)
    sqlite.exec('COMMIT')
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
    throw error
  }
}
