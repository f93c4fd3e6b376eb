import type { Row } from './sql/rows.ts'

/** A whole database as tables of rows, for moving all of it to another one. */
export interface Tables {
  readonly kind: 'sqlite' | 'postgres'
  /** Up to `limit` rows behind a key, in the order of the keys; null stands for the beginning. */
  read(table: Table, afterKey: RowKey | null, limit: number): Promise<Row[]>
  close(): Promise<void>
}

/** A database that takes all of another one. */
export interface TargetTables extends Tables {
  /** How many rows there are of all tables. */
  count(): Promise<number>
  /** The source of the copy that is not finished yet; null for none. */
  unfinishedCopy(): Promise<string | null>
  /** From now on, and until `finishCopy`, no server starts on it. */
  beginCopy(source: string): Promise<void>
  finishCopy(): Promise<void>
  /** The key of the last row of a table; null for none. */
  lastKey(table: Table): Promise<RowKey | null>
  /** Adds rows that are not there yet. */
  add(table: Table, rows: readonly Row[]): Promise<void>
}

export type RowKey = string | number

export interface Table {
  readonly name: string
  /** The column that rows are ordered by. */
  readonly key: string
  readonly isNumbered: boolean
}

/** Every table of the schema, those first that others refer to. */
export const TABLES: readonly Table[] = [
  { name: 'installation_secrets', key: 'name', isNumbered: false },
  { name: 'organizations', key: 'id', isNumbered: false },
  { name: 'api_keys', key: 'id', isNumbered: false },
  { name: 'key_revocations', key: 'api_key_id', isNumbered: false },
  { name: 'upload_sessions', key: 'file_id', isNumbered: false },
  { name: 'reservations', key: 'id', isNumbered: false },
  { name: 'files', key: 'id', isNumbered: false },
  { name: 'disowned_objects', key: 'object_name', isNumbered: false },
  { name: 'audit_events', key: 'id', isNumbered: true },
  { name: 'job_runs', key: 'name', isNumbered: false },
  { name: 'installation_clock', key: 'id', isNumbered: true },
]

export function keyOf({ key, isNumbered }: Table, row: Row): RowKey {
  return isNumbered ? Number(row[key]) : String(row[key])
}
