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
 * Copies everything, and then reads both databases again and compares them row by row. Where it was interrupted it
 * goes on. Nobody may change either of them meanwhile, which whoever opens them sees to. `source` names the first one,
 * so that a copy goes on from where it came.
 * Throws a sentence for the operator where the target holds something else, or differs in the end.
 */
export async function copyDatabase(
  from: Tables,
  to: TargetTables,
  source: string,
  onTable: (table: CopiedTable) => void,
): Promise<void> {
  const unfinished = await to.unfinishedCopy()
  if (unfinished === null && (await to.count()) > 0) {
    throw new Error('the target holds records already: copy into an empty database')
  }
  if (unfinished !== null && unfinished !== source) {
    throw new Error(`the target holds the beginning of a copy of ${unfinished}: go on with that, or empty it`)
  }
  await to.beginCopy(source)
  for (const table of TABLES) await copyTable(from, to, table)
  for (const table of TABLES) {
    const [original, copy] = [await summarize(from, table), await summarize(to, table)]
    if (original.rows !== copy.rows || original.sha256 !== copy.sha256) {
      throw new Error(
        `the table ${table.name} differs: ${original.rows} rows were to be copied and ${copy.rows} are there. The source has changed since the copy began: empty the target, and copy again`,
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
    for (const row of rows) addRow(hash, row)
    count += rows.length
  }
  return { name: table.name, rows: count, sha256: hash.digest('hex') }
}

async function* pagesOf(tables: Tables, table: Table, after: RowKey | null): AsyncGenerator<Row[]> {
  for (;;) {
    const rows = await tables.read(table, after, ROWS_AT_A_TIME)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = keyOf(table, last)
  }
}

/** The drivers differ in the order of columns, and in whether a number is one or its digits. */
function addRow(hash: Hash, row: Row): void {
  const columns = Object.keys(row).sort()
  const values = columns.map((column) => [column, row[column] === null ? null : String(row[column])])
  hash.update(`${JSON.stringify(values)}\n`)
}
