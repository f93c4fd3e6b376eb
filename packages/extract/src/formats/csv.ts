import type { TextPart } from '../located-text.ts'
import { row } from '../part.ts'

const DELIMITERS = [',', ';', '\t', '|']
/** Size of the beginning in which the delimiter is looked for. */
const SAMPLE_UNITS = 65_536

/**
 * Yields the rows of delimited text (RFC 4180); the first one is the header. A null `delimiter` is detected. Any text is
 * accepted: a quoted field that never ends contains the rest of the text.
 */
export function* readCsv(text: string, delimiter: string | null): Generator<TextPart> {
  let isHeader = true
  for (const cells of readRecords(text, delimiter ?? detectDelimiter(text))) {
    const part = row(cells, isHeader)
    if (part === null) continue
    isHeader = false
    yield part
  }
}

function* readRecords(text: string, delimiter: string): Generator<string[]> {
  let cells: string[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const { value, end } =
      text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter)
    cells.push(value)
    at = end + 1
    if (text[end] === delimiter) continue
    if (text[end] === '\r' && text[at] === '\n') at++
    yield cells
    cells = []
  }
  if (cells.length > 0) yield cells
}

function plainField(text: string, start: number, delimiter: string) {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
  return { value: text.slice(start, end), end }
}

/** Reads a field in quotation marks, and the text that may follow the second one. */
function quotedField(text: string, start: number, delimiter: string) {
  const pieces: string[] = []
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) return { value: pieces.join('') + text.slice(from), end: text.length }
    pieces.push(text.slice(from, quote))
    if (text[quote + 1] !== '"') {
      const { value, end } = plainField(text, quote + 1, delimiter)
      return { value: pieces.join('') + value, end }
    }
    pieces.push('"')
    from = quote + 2
  }
}

/** Returns the delimiter that is most frequent outside of quotation marks in the first line. */
function detectDelimiter(text: string): string {
  const counts = new Map<string, number>()
  let isQuoted = false
  for (const character of text.slice(0, SAMPLE_UNITS)) {
    if (character === '"') isQuoted = !isQuoted
    if (isQuoted) continue
    if (character === '\n' && counts.size > 0) break
    if (DELIMITERS.includes(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? ','
}
