import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Tables } from '../tables.ts'
import { migrate } from './migrate.ts'

/**
 * All of an embedded database, which nobody else can open until it is closed.
 * Throws a sentence for the operator where there is none, or a server has it open.
 */
export function openSqliteTables(path: string): Tables {
  if (!existsSync(path)) throw new Error(`there is no database ${path}`)
  const sqlite = new DatabaseSync(path, { timeout: 0 })
  try {
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE')
    migrate(sqlite)
    // The lock of a transaction stays where nobody else had the file open, and is not to be had otherwise.
    sqlite.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    sqlite.close()
    const isLocked = error instanceof Error && error.message.includes('locked')
    throw isLocked ? new Error(`a server, or another program, uses ${path}: stop it first`) : error
  }
  return {
    kind: 'sqlite',
    read: async ({ name, key, isNumbered }, afterKey, limit) =>
      sqlite
        .prepare(`SELECT * FROM ${name} WHERE ${key} > $after ORDER BY ${key} LIMIT $limit`)
        .all({ after: afterKey ?? (isNumbered ? -1 : ''), limit }),
    close: async () => sqlite.close(),
  }
}
