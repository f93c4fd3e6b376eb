import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { ServiceError } from '../../domain/errors.ts'
import { createGroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import type { Row } from './rows.ts'

export type Parameters = Record<string, SQLInputValue>

/** The one connection of this process. Statements are prepared once. */
export interface Connection {
  get(sql: string, parameters?: Parameters): Row | null
  all(sql: string, parameters?: Parameters): Row[]
  /** Runs a statement that changes something; how many rows it changed. Only inside `write`. */
  run(sql: string, parameters?: Parameters): number
  /** Runs what only reads; faults become the service's errors. */
  read<T>(look: () => T): Promise<T>
  /** Runs a change in a transaction that it shares with others; see group-commit.ts. */
  write<T>(change: () => T): Promise<T>
  close(): Promise<void>
}

/** While the database is opened; later, waiting for a lock must not stop everything else. */
const OPEN_BUSY_TIMEOUT_MS = 10_000

/** `path` is a file or `:memory:`. Throws when it cannot be opened or holds a newer schema. */
export function openConnection(path: string): Connection {
  const sqlite = new DatabaseSync(path, { timeout: OPEN_BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  // FULL makes WAL sync at each commit: what is acknowledged survives a power cut.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  migrate(sqlite)
  sqlite.exec('PRAGMA busy_timeout = 0')
  const statements = new Map<string, StatementSync>()
  const { write, drain } = createGroupCommit(sqlite)

  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known) return known
    const statement = sqlite.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    get: (sql, parameters = {}) => prepare(sql).get(parameters) ?? null,
    all: (sql, parameters = {}) => prepare(sql).all(parameters),
    run: (sql, parameters = {}) => Number(prepare(sql).run(parameters).changes),
    read: async (look) => {
      try {
        return look()
      } catch (error) {
        throw toServiceError(error)
      }
    },
    write: (change) =>
      write(change).catch((error) => {
        throw toServiceError(error)
      }),
    close: async () => {
      await drain()
      sqlite.close()
    },
  }
}

const SQLITE_FULL = 13

/** What a fault of SQLite is to callers of the database; an error of the service stays as it is. */
function toServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error
  // The low byte is the kind of error; the rest says more about where it happened.
  return Number(error.errcode) % 256 === SQLITE_FULL
    ? new ServiceError('STORAGE_FULL', 'the database has no space left', {}, { cause: error })
    : new ServiceError('SERVICE_UNAVAILABLE', 'the database cannot be used', {}, { cause: error })
}
