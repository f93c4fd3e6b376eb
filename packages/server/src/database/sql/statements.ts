import type { Row } from './rows.ts'

export type Parameters = Readonly<Record<string, string | number | null>>

/**
 * One database, as far as single statements go. They name their parameters as `$name`, and are prepared once. A text
 * with NUL finds and changes nothing, and cannot be inserted. Faults are thrown as database.ts says.
 */
export interface Statements {
  /** The first row of a statement that only reads. */
  get(sql: string, parameters?: Parameters): Promise<Row | null>
  /** The rows of a statement that only reads. */
  all(sql: string, parameters?: Parameters): Promise<Row[]>
  /** A statement that changes something, durable when it resolves. */
  change(sql: string, parameters?: Parameters): Promise<Changed>
}

export interface Changed {
  /** How many rows were changed. */
  readonly count: number
  /** What `RETURNING` says of them. */
  readonly rows: Row[]
}

/**
 * Whether a text with NUL among the parameters keeps the statement from meeting anything: PostgreSQL stores no such
 * text, and SQLite would, up to there. Throws where it was to be stored.
 */
export function meetsNothing(sql: string, parameters: Readonly<Record<string, unknown>>): boolean {
  const values = Object.values(parameters).flat()
  if (!values.some((value) => typeof value === 'string' && value.includes('\0'))) return false
  if (/\bINSERT\b/.test(sql)) throw new Error('a text with NUL cannot be stored')
  return true
}
