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
  let isHeader = true
  // Reads only cells that exist: a sheet of two cells may declare a range of 17 billion.
  for (const cells of Object.values(sheet['!data'] ?? [])) {
    const part = row(cellsOf(cells), isHeader, place)
    if (part === null) continue
    isHeader = false
    yield part
  }
}

/** Returns the texts of the cells that are not blank, in their order: a row may have 16,384 cells with gaps. */
function cellsOf(cells: readonly (CellObject | undefined)[] | undefined): string[] {
  return Object.values(cells ?? [])
    .filter((cell) => cell !== undefined)
    .map((cell) => String(cell.w ?? cell.v ?? ''))
}
