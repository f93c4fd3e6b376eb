import type { Row } from './sql/rows.ts'

/** A database as tables of rows, for copying all of it into another one. */
export interface Tables {
  readonly kind: 'sqlite' | 'postgres'
  /** Returns at most `limit` rows after `afterKey`, in the order of their keys; the first ones when it is null. */
  read(table: Table, afterKey: RowKey | null, limit: number): Promise<Row[]>
  close(): Promise<void>
}

/** The target of a copy. */
export interface TargetTables extends Tables {
  /** Returns the number of rows in all tables. */
  count(): Promise<number>
  /** Returns the source of the unfinished copy; null when there is none. */
  unfinishedCopy(): Promise<string | null>
  /** Marks the copy as unfinished: no server starts on this database until `finishCopy`. */
  beginCopy(source: string): Promise<void>
  finishCopy(): Promise<void>
  /** Returns the key of the last row of a table; null when it is empty. */
  lastKey(table: Table): Promise<RowKey | null>
  /** Adds rows; skips those that already exist. */
  add(table: Table, rows: readonly Row[]): Promise<void>
}

export type RowKey = string | number

export interface Table {
  readonly name: string
  /** Column that identifies and orders rows. */
  readonly key: string
  /** True when the key is a number, false when it is a text. */
  readonly isNumbered: boolean
}

/** All tables of the schema. A table comes after those that its foreign keys refer to. */
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
  { name: 'tasks', key: 'id', isNumbered: false },
  { name: 'job_runs', key: 'name', isNumbered: false },
  { name: 'installation_clock', key: 'id', isNumbered: true },
]

export function keyOf({ key, isNumbered }: Table, row: Row): RowKey {
  return isNumbered ? Number(row[key]) : String(row[key])
}
