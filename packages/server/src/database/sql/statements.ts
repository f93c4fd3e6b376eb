import type { Row } from './rows.ts'

export type Parameters = Readonly<Record<string, string | number | Uint8Array | null>>

/**
 * Runs single statements. Parameters are named `$name`. Each statement is prepared once per connection.
 * A text parameter with a NUL character matches no row, and an INSERT with one throws. Throws the errors of `Database`.
 */
export interface Statements {
  /** Returns the first row of a query; null when there is none. */
  get(sql: string, parameters?: Parameters): Promise<Row | null>
  /** Returns all rows of a query. */
  all(sql: string, parameters?: Parameters): Promise<Row[]>
  /** Runs a statement that changes rows. The change is durable when the promise resolves. */
  change(sql: string, parameters?: Parameters): Promise<Changed>
}

export interface Changed {
  /** Number of changed rows. */
  readonly count: number
  /** Rows of the `RETURNING` clause. */
  readonly rows: Row[]
}

/**
 * Returns true when a text parameter contains NUL, so that the statement cannot match a row. PostgreSQL refuses such a
 * text, and SQLite would cut it at the NUL. Throws when the statement is an INSERT.
 */
export function matchesNothing(sql: string, parameters: Readonly<Record<string, unknown>>): boolean {
  if (!Object.values(parameters).some(hasNul)) return false
  if (/\bINSERT\b/.test(sql)) throw new Error('a text with a NUL character cannot be stored')
  return true
}

function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  return Array.isArray(value) && value.some(hasNul)
}
