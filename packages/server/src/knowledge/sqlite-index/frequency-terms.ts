import type { StoreFile } from './store-file.ts'

/**
 * Terms as FTS5 stores them: `<term>_<frequency>`. FTS5 then keeps one entry for a term in a chunk instead of one for
 * each occurrence, and needs no positions to tell the frequency. Frequencies up to 4 are the letters a to d; a higher one
 * is `e` and its number. No term contains `_`.
 */
const LETTERS = ['a', 'b', 'c', 'd'] as const

/** Returns the text that FTS5 splits into these terms. */
export function frequencyTerms(terms: ReadonlyMap<string, number>): string {
  let text = ''
  for (const [term, frequency] of terms) {
    text += `${term}_${LETTERS[frequency - 1] ?? `e${frequency}`} `
  }
  return text
}

/** Calls `visit` for each chunk with the term. Chunks that are deleted or unfinished may be among them. */
export function visitChunks(
  file: StoreFile,
  term: string,
  visit: (chunk: number, frequency: number) => void,
): void {
  const lists = file.prepare(FREQUENT).get(...LETTERS.map((letter) => `"${term}_${letter}"`))
  for (const [index, list] of (lists as unknown as string[]).entries()) {
    for (const chunk of JSON.parse(list) as number[]) visit(chunk, index + 1)
  }
  const start = `${term}_e`
  for (const row of file.prepare(RARE).all(start, `${term}_f`)) {
    const [chunk, found] = row as unknown as [number, string]
    visit(chunk, Number(found.slice(start.length)))
  }
}

/** One JSON text costs a fraction of a row for each chunk. */
const ONE = '(SELECT json_group_array(rowid) FROM term_chunks WHERE term_chunks MATCH ?)'
const FREQUENT = `SELECT ${LETTERS.map(() => ONE).join(', ')}`
const RARE = 'SELECT doc, term FROM term_list WHERE term >= ? AND term < ?'
