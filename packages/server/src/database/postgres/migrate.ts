import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from './connection.ts'

const MIGRATIONS = join(import.meta.dirname, '..', 'migrations', 'postgres')
/** Id of the advisory lock, an arbitrary number that must be unique among the programs on this database. */
const LOCK = 0x77617962696c6cn

/** Selects a row with the `source` while a database is being copied into this one. */
export const UNFINISHED_COPY = 'SELECT source FROM unfinished_copy'

/**
 * Applies all missing migrations in one transaction. Several processes may start at once: the first one gets the lock,
 * and the others find nothing to do.
 * Throws an error with a message for the operator when the schema is newer than the program, or when the database
 * holds an unfinished copy and `isCopyAllowed` is false.
 */
export async function migrate(
  { statements, transaction }: Connection,
  { isCopyAllowed = false } = {},
): Promise<void> {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const found = await transaction(async ({ get, script, change }) => {
    await script('SET LOCAL statement_timeout = 0')
    await script(`SELECT pg_advisory_xact_lock(${LOCK})`)
    const known = await get("SELECT to_regclass('schema_version') IS NOT NULL AS is_there")
    // Checked first, so that a role without the CREATE privilege can use an existing schema.
    if (!known?.is_there) await script('CREATE TABLE schema_version (version INTEGER NOT NULL)')
    const version = Number((await get('SELECT version FROM schema_version'))?.version ?? 0)
    if (version >= files.length) return version
    for (const file of files.slice(version)) await script(readFileSync(join(MIGRATIONS, file), 'utf8'))
    await change('DELETE FROM schema_version')
    await change('INSERT INTO schema_version (version) VALUES ($version)', { version: files.length })
    return version
  })
  if (found > files.length) {
    throw new Error(
      `the database has schema version ${found}, and this program supports ${files.length}: use a newer program`,
    )
  }
  const copy = isCopyAllowed ? null : await statements.get(UNFINISHED_COPY)
  if (copy !== null) {
    throw new Error(
      `the copy of ${copy.source} into this database is not finished: run "waybill database copy" again`,
    )
  }
}
