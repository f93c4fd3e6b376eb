import { createHash, type Hash } from 'node:crypto'
import type { Row } from './sql/rows.ts'
import { keyOf, type RowKey, TABLES, type Table, type Tables, type TargetTables } from './tables.ts'

export interface CopiedTable {
  readonly name: string
  readonly rows: number
  /** SHA-256 over all rows, the same in both databases. */
  readonly sha256: string
}

const ROWS_AT_A_TIME = 500

/**
 * Copies all rows, then reads both databases again and compares them row by row. Continues an interrupted copy of the
 * same `source`. The caller opens both databases so that no other program can change them during the copy.
 * Throws an error with a message for the operator when the target holds other records, or differs after the copy.
 */
export async function copyDatabase(
  from: Tables,
  to: TargetTables,
  source: string,
  onTable: (table: CopiedTable) => void,
): Promise<void> {
  const unfinished = await to.unfinishedCopy()
  if (unfinished === null && (await to.count()) > 0) {
    throw new Error('the target already holds records: copy into an empty database')
  }
  if (unfinished !== null && unfinished !== source) {
    throw new Error(
      `the target holds an unfinished copy of ${unfinished}: continue that copy, or empty the target`,
    )
  }
  await to.beginCopy(source)
  for (const table of TABLES) await copyTable(from, to, table)
  for (const table of TABLES) {
    const [original, copy] = [await summarize(from, table), await summarize(to, table)]
    if (original.rows !== copy.rows || original.sha256 !== copy.sha256) {
      throw new Error(
        `the table ${table.name} differs: the source has ${original.rows} rows, the target ${copy.rows}. The source has changed since the copy began: empty the target, and copy again`,
      )
    }
    onTable(copy)
  }
  await to.finishCopy()
}

async function copyTable(from: Tables, to: TargetTables, table: Table): Promise<void> {
  const last = await to.lastKey(table)
  for await (const rows of pagesOf(from, table, last)) await to.add(table, rows)
}

async function summarize(tables: Tables, table: Table): Promise<CopiedTable> {
  const hash = createHash('sha256')
  let count = 0
  for await (const rows of pagesOf(tables, table, null)) {
    for (const row of rows) addRow(hash, row, table.derived ?? [])
    count += rows.length
  }
  return { name: table.name, rows: count, sha256: hash.digest('hex') }
}

async function* pagesOf(tables: Tables, table: Table, after: RowKey | null): AsyncGenerator<Row[]> {
  for (;;) {
    const rows = await tables.read(table, after, table.rowsAtATime ?? ROWS_AT_A_TIME)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = keyOf(table, last)
  }
}

/** Adds a row in a common form: drivers differ in the order of columns, and return numbers as numbers or as digits. */
function addRow(hash: Hash, row: Row, left: readonly string[]): void {
  const columns = Object.keys(row)
    .filter((column) => !left.includes(column))
    .sort()
  const values = columns.map((column) => [column, row[column] === null ? null : toText(row[column])])
  hash.update(`${JSON.stringify(values)}\n`)
}

function toText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}
