import type { Row } from './sql/rows.ts'
import type { Parameters } from './sql/statements.ts'

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

/** Values of the key's columns. */
export type RowKey = readonly (string | number)[]

export interface Table {
  readonly name: string
  /** Columns that identify and order rows, with the types of their values. */
  readonly key: Readonly<Record<string, 'text' | 'number'>>
  /** Columns that only one of the databases has, and that are computed again after the copy. */
  readonly derived?: readonly string[]
  /** Rows that are copied at a time, when they are large. */
  readonly rowsAtATime?: number
}

const BY_ID = { id: 'text' } as const

/** All tables of the schema, without `file_terms`, which a job fills again. A table comes after those that its foreign keys refer to. */
export const TABLES: readonly Table[] = [
  { name: 'installation_secrets', key: { name: 'text' } },
  { name: 'organizations', key: BY_ID },
  { name: 'api_keys', key: BY_ID },
  { name: 'key_revocations', key: { api_key_id: 'text' } },
  { name: 'upload_sessions', key: { file_id: 'text' } },
  { name: 'reservations', key: BY_ID },
  { name: 'buckets', key: { name: 'text' } },
  // Before the Files, whose trigger adds the keys that do not exist.
  { name: 'bucket_files', key: { organization_id: 'text', bucket: 'text', key: 'text' } },
  { name: 'files', key: BY_ID, derived: ['search_number', 'is_indexed'] },
  { name: 'share_links', key: BY_ID },
  { name: 'scans', key: BY_ID },
  { name: 'disowned_objects', key: { object_name: 'text' } },
  { name: 'audit_events', key: { id: 'number' } },
  { name: 'tasks', key: BY_ID },
  { name: 'idempotent_requests', key: { organization_id: 'text', key_sha256: 'text' } },
  { name: 'job_runs', key: { name: 'text' } },
  { name: 'installation_clock', key: { id: 'number' } },
  { name: 'vector_stores', key: BY_ID },
  { name: 'vector_store_files', key: BY_ID },
  { name: 'vector_store_batches', key: BY_ID },
  { name: 'vector_store_batch_files', key: { batch_id: 'text', vector_store_file_id: 'text' } },
  {
    name: 'vector_store_documents',
    key: { vector_store_file_id: 'text', revision: 'text', part: 'number' },
    rowsAtATime: 16,
  },
  { name: 'conversations', key: BY_ID },
  { name: 'conversation_items', key: { conversation_id: 'text', position: 'number' }, rowsAtATime: 8 },
  { name: 'responses', key: BY_ID, rowsAtATime: 8 },
  { name: 'response_items', key: { organization_id: 'text', id: 'text' } },
  { name: 'events', key: BY_ID },
  { name: 'event_state', key: { id: 'number' } },
  { name: 'users', key: BY_ID },
  { name: 'members', key: BY_ID },
  { name: 'member_departments', key: { member_id: 'text', department: 'text' } },
  { name: 'vector_store_grants', key: { vector_store_id: 'text', kind: 'text', name: 'text' } },
  { name: 'webhooks', key: BY_ID },
  { name: 'webhook_deliveries', key: BY_ID },
  { name: 'vector_store_logs', key: { vector_store_file_id: 'text', number: 'number' } },
]

export function keyOf({ key }: Table, row: Row): RowKey {
  return Object.entries(key).map(([name, type]) =>
    type === 'number' ? Number(row[name]) : String(row[name]),
  )
}

/** Returns the query of `Tables.read`, which is the same on both databases. */
export function readQuery(
  { name, key }: Table,
  afterKey: RowKey | null,
  limit: number,
): { readonly sql: string; readonly parameters: Parameters } {
  const columns = Object.keys(key)
  const first = Object.values(key).map((type) => (type === 'number' ? -1 : ''))
  const after = Object.fromEntries((afterKey ?? first).map((value, index) => [`after${index}`, value]))
  const place = columns.map((_, index) => `$after${index}`).join(', ')
  return {
    sql: `SELECT * FROM ${name} WHERE (${columns.join(', ')}) > (${place}) ORDER BY ${columns.join(', ')} LIMIT $limit`,
    parameters: { ...after, limit },
  }
}
