import { type CellObject, read, type WorkSheet } from '@e965/xlsx'
import type { TextPart } from '../located-text.ts'
import { heading, type Place, row } from '../part.ts'
import { readZip } from '../read-zip.ts'

/** Yields the sheets of a workbook: the name as a heading, then the rows. The first row that is not blank is the header. */
export async function* readWorkbook(bytes: Buffer): AsyncGenerator<TextPart> {
  await readZip(bytes, () => false)
  const book = read(bytes, {
    type: 'buffer',
    dense: true,
    cellFormula: false,
    cellHTML: false,
    cellDates: false,
  })
  for (const [index, name] of book.SheetNames.entries()) {
    const sheet = book.Sheets[name]
    if (sheet === undefined) continue
    const place: Place = { page: index + 1, pageKind: 'sheet' }
    yield heading(1, name, place)
    yield* readSheet(sheet, place)
  }
}

function* readSheet(sheet: WorkSheet, place: Place): Generator<TextPart> {
  const rows = Object.values(sheet['!data'] ?? [])
  const positions = positionsOfColumns(rows)
  let isHeader = true
  for (const cells of rows) {
    const part = row(textsOf(cells, positions), isHeader, place)
    if (part === null) continue
    isHeader = false
    yield part
  }
}

/** Cells of a row by their column, with holes: a sheet of two cells may declare a range of 17 billion. */
type Cells = readonly (CellObject | undefined)[] | undefined

/** Columns in which blank cells keep their place, so that a row with few values in a wide sheet stays short. */
const MAX_KEPT_COLUMNS = 256

/** Returns the position in a row for each column that has a value in any row. */
function positionsOfColumns(rows: readonly Cells[]): ReadonlyMap<string, number> {
  const columns = new Set<string>()
  for (const cells of rows) for (const column of Object.keys(cells ?? [])) columns.add(column)
  const inOrder = [...columns].sort((one, other) => Number(one) - Number(other))
  return new Map(inOrder.map((column, position) => [column, position]))
}

/**
 * Returns the texts of the cells, so that each value has the position of its column's name in the header. Columns
 * without any value are left out, and blank cells after the first 256 columns.
 */
function textsOf(cells: Cells, positions: ReadonlyMap<string, number>): string[] {
  const texts: string[] = []
  for (const [column, cell] of Object.entries(cells ?? [])) {
    const position = Math.min(positions.get(column) ?? 0, MAX_KEPT_COLUMNS)
    while (texts.length < position) texts.push('')
    texts.push(String(cell?.w ?? cell?.v ?? ''))
  }
  return texts
}
