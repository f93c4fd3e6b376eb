import type { Row } from './rows.ts'
import type { Changed, Parameters, Statements } from './statements.ts'

/** Statement of a transaction. */
export interface Step {
  readonly sql: string
  readonly parameters: Parameters
}

/**
 * Transaction as a generator: it yields statements and gets their results, so that one text serves both databases.
 * SQLite runs all steps at once in this thread; PostgreSQL answers each step over the network. A step that throws ends
 * the transaction without a change.
 */
export type Steps<T> = Generator<Step, T, Changed>

export interface Transactions extends Statements {
  /**
   * Runs the steps in one transaction. Its changes are durable when the promise resolves. Calls `begin` again when the
   * transaction conflicts with another one: it must have no effects outside the database. Throws the errors of
   * `Database`.
   */
  transact<T>(begin: () => Steps<T>): Promise<T>
  /** Runs steps that free space: on a full disk they may use the reserved space. */
  free<T>(begin: () => Steps<T>): Promise<T>
  readonly dialect: Dialect
}

/** Clauses of PostgreSQL; without effect on SQLite, whose transactions exclude each other. */
export interface Dialect {
  /** Locks the selected rows until the end of the transaction. */
  readonly forUpdate: string
  /** Locks the selected rows against changes until the end of the transaction. */
  readonly forShare: string
  /** Locks the selected rows and leaves out rows that another transaction has locked. */
  readonly forUpdateSkipLocked: string
  /**
   * Returns the condition that locks the name that `expression` gives until the end of the transaction. The condition
   * is false when another transaction holds the lock; it never waits.
   */
  tryLock(expression: string): string
  /**
   * Returns the condition that the object was disowned, see `HousekeepingRecords.disown`. It stays as it is until the end
   * of the transaction.
   */
  isDisowned(parameter: string): string
  /** Returns the expression for the place of `part` in `text`, counted from 1 in characters; 0 when it is not there. */
  position(text: string, part: string): string
  /** Condition, always true, that lets the change be lost by a crash of the database's machine, but costs no sync. */
  readonly withoutSync: string
  /** Returns a FROM item `item` whose column `value` has the elements of a JSON array; `value ->> 'name'` is a member. */
  jsonItems(parameter: string): string
  /** Returns the condition for a column whose value is one of the texts of a JSON array; read from the column's index. */
  isOneOf(column: string, parameter: string): string
}

/** Returns the first row of a query; null when there is none. */
export function* getRow(sql: string, parameters: Parameters = {}): Steps<Row | null> {
  return (yield { sql, parameters }).rows[0] ?? null
}

/** Returns all rows of a query. */
export function* getRows(sql: string, parameters: Parameters = {}): Steps<Row[]> {
  return (yield { sql, parameters }).rows
}

/** Runs a statement that changes rows. */
export function* changeRows(sql: string, parameters: Parameters = {}): Steps<Changed> {
  return yield { sql, parameters }
}

/** Returns the rows as a JSON parameter. Throws when a text has a NUL character, which PostgreSQL refuses. */
export function toJsonParameter(rows: readonly (string | Readonly<Record<string, unknown>>)[]): string {
  const json = JSON.stringify(rows)
  if (NUL.test(json)) throw new Error('a text with a NUL character cannot be stored')
  return json
}

/** Escaped NUL character, in a text that is not itself escaped JSON. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/
