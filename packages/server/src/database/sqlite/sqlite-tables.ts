import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { readQuery, type Tables } from '../tables.ts'
import { migrate } from './migrate.ts'

/**
 * Opens an embedded database for a copy. No other program can open it until it is closed.
 * Throws an error with a message for the operator when there is no database, or another program has it open.
 */
export function openSqliteTables(path: string): Tables {
  if (!existsSync(path)) throw new Error(`there is no database ${path}`)
  const sqlite = new DatabaseSync(path, { timeout: 0 })
  try {
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE')
    migrate(sqlite)
    // In exclusive locking mode the lock of this transaction is kept. It fails when another program has the file open.
    sqlite.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    sqlite.close()
    const isLocked = error instanceof Error && error.message.includes('locked')
    throw isLocked ? new Error(`a server or another program uses ${path}: stop it first`) : error
  }
  return {
    kind: 'sqlite',
    read: async (table, afterKey, limit) => {
      const { sql, parameters } = readQuery(table, afterKey, limit)
      return sqlite.prepare(sql).all(parameters)
    },
    close: async () => sqlite.close(),
  }
}
