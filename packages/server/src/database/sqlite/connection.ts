import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ServiceError } from '../../domain/errors.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import type { Row } from '../sql/rows.ts'
import { type Changed, matchesNothing, type Parameters, type Statements } from '../sql/statements.ts'
import type { Steps, Transactions } from '../sql/transactions.ts'
import { type Ballast, createBallast } from './ballast.ts'
import { createGroupCommit, isBusy } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { type PreparedStatement, prepareStatement } from './prepare-statement.ts'

/** The only connection of this process. Statements are prepared once. */
export interface Connection {
  /** Queries, and changes of one statement. */
  readonly statements: Statements
  /** Transactions that are written once for both databases. */
  readonly transactions: Transactions
  /** Runs a change of several statements atomically, in a transaction that it shares with others; see group-commit.ts. */
  write<T>(change: (inside: Transaction) => T): Promise<T>
  /** Runs a change that frees space: on a full disk it may use the ballast. */
  free<T>(change: (inside: Transaction) => T): Promise<T>
  /** Returns the free bytes of the disk; null for a database in memory. */
  roomBytes(): number | null
  keepBallast(): void
  close(): Promise<void>
}

/** Statements inside a transaction. They are synchronous: SQLite runs in this thread. */
export interface Transaction {
  get(sql: string, parameters?: Parameters): Row | null
  all(sql: string, parameters?: Parameters): Row[]
  /** Returns the number of changed rows. */
  run(sql: string, parameters?: Parameters): number
}

/** Free space below which only deletes are written. */
const KEPT_FREE_BYTES = 4 * 1024 * 1024
/** Wait for a lock while the database is opened. Later, a wait inside SQLite would block the event loop. */
const OPEN_BUSY_TIMEOUT_MS = 10_000
const OPEN_RETRY_MS = 20

/** Opens the database in a file or in `:memory:`. Throws when it cannot be opened or holds a newer schema. */
export function openConnection(path: string): Connection {
  const ballast = path === ':memory:' ? null : createBallast(path)
  const sqlite = openMigrated(path, ballast)
  ballast?.keep()
  const prepared = new Map<string, PreparedStatement>()
  const { write, drain } = createGroupCommit(sqlite)
  const writeOrExplain = <T>(work: () => T): Promise<T> =>
    write(work).catch((error) => {
      throw toServiceError(error)
    })

  const writeOrRelease = async <T>(work: () => T): Promise<T> => {
    for (;;) {
      try {
        return await write(work)
      } catch (error) {
        if (ballast === null || !mayLackRoom(error) || !ballast.release()) throw error
      }
    }
  }

  const prepare = (sql: string): PreparedStatement => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = prepareStatement(sqlite, sql)
    prepared.set(sql, statement)
    return statement
  }

  const transaction: Transaction = {
    get: (sql, parameters = {}) => prepare(sql).get(parameters),
    all: (sql, parameters = {}) => prepare(sql).all(parameters),
    run: (sql, parameters = {}) => (matchesNothing(sql, parameters) ? 0 : prepare(sql).run(parameters)),
  }

  const statements: Statements = {
    get: async (sql, parameters) => read(() => transaction.get(sql, parameters)),
    all: async (sql, parameters) => read(() => transaction.all(sql, parameters)),
    change: (sql, parameters) => writeOrExplain(() => change(prepare(sql), sql, parameters)),
  }
  const free = <T>(work: () => T): Promise<T> =>
    writeOrRelease(work).catch((error) => {
      throw toServiceError(error)
    })
  const runSteps = <T>(begin: () => Steps<T>) => {
    const steps = begin()
    let next = steps.next()
    while (!next.done) {
      const { sql, parameters } = next.value
      next = steps.next(change(prepare(sql), sql, parameters))
    }
    return next.value
  }

  return {
    statements,
    transactions: {
      ...statements,
      transact: (begin) => writeOrExplain(() => runSteps(begin)),
      free: (begin) => free(() => runSteps(begin)),
      dialect: {
        forUpdate: '',
        forUpdateSkipLocked: '',
        tryLock: (expression) => `${expression} IS NOT NULL`,
        forShare: '',
        isDisowned: (parameter) => `EXISTS (SELECT 1 FROM disowned_objects WHERE object_name = ${parameter})`,
        position: (text, part) => `instr(${text}, ${part})`,
        withoutSync: 'true',
        jsonItems: (parameter) => `json_each(${parameter}) AS item`,
        isOneOf: (column, parameter) => `${column} IN (SELECT value FROM json_each(${parameter}))`,
      },
    },
    write: (work) => writeOrExplain(() => work(transaction)),
    free: (work) => free(() => work(transaction)),
    roomBytes: () => ballast && freeBytes(dirname(path)) - ballast.missingBytes() - KEPT_FREE_BYTES,
    keepBallast: () => ballast?.keep(),
    close: async () => {
      await drain()
      sqlite.close()
    },
  }
}

/** Opens and migrates the database. Readers need a journal; on a full disk the ballast makes room for it. */
function openMigrated(path: string, ballast: Ballast | null): DatabaseSync {
  const open = () => {
    const sqlite = new DatabaseSync(path, {
      timeout: OPEN_BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    })
    try {
      // FULL makes WAL sync at each commit: acknowledged changes survive a power cut. Undo data of savepoints stays in
      // memory: beyond 64 KiB it would go to a temporary file, which costs a register 0.2 ms.
      sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY')
      migrate(sqlite)
      sqlite.exec('PRAGMA busy_timeout = 0')
      return sqlite
    } catch (error) {
      sqlite.close()
      throw error
    }
  }
  const giveUpAtMs = Date.now() + OPEN_BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return open()
    } catch (error) {
      // Another process makes the journal of a new database: SQLite does not wait for that.
      if (isBusy(error) && Date.now() < giveUpAtMs) pause(OPEN_RETRY_MS)
      else if (ballast === null || !mayLackRoom(error) || !ballast.release()) throw error
    }
  }
}

/** Blocks this thread, as SQLite does when it waits for a lock. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const SQLITE_IOERR = 10
const SQLITE_CANTOPEN = 14

/** Returns true for errors of SQLite's shared files, which may be caused by a full disk. */
function mayLackRoom(error: unknown): boolean {
  const kind = error instanceof Error && 'errcode' in error ? Number(error.errcode) % 256 : 0
  return kind === SQLITE_FULL || kind === SQLITE_IOERR || kind === SQLITE_CANTOPEN
}

function change(statement: PreparedStatement, sql: string, parameters: Parameters = {}): Changed {
  if (matchesNothing(sql, parameters)) return { count: 0, rows: [] }
  if (!statement.returnsRows) return { count: statement.run(parameters), rows: [] }
  const rows = statement.all(parameters)
  return { count: rows.length, rows }
}

function read<T>(look: () => T): T {
  try {
    return look()
  } catch (error) {
    throw toServiceError(error)
  }
}

const SQLITE_FULL = 13
const SQLITE_CONSTRAINT = 19

/** Converts an error of SQLite to a `ServiceError`. Returns constraint violations and other errors unchanged. */
function toServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error
  // The low byte is the primary result code; the rest gives details.
  const kind = Number(error.errcode) % 256
  if (kind === SQLITE_CONSTRAINT) return error
  return kind === SQLITE_FULL
    ? new ServiceError('STORAGE_FULL', 'the database has no space left', {}, { cause: error })
    : new ServiceError('SERVICE_UNAVAILABLE', 'the database cannot be used', {}, { cause: error })
}
