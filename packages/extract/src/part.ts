import type { PageKind, PartKind, TextPart } from './located-text.ts'

/** Place of parts in a format with pages, slides, sheets or chapters. */
export interface Place {
  readonly page: number
  readonly pageKind: PageKind
}

/** Returns a part that ends with a line break. */
export function part(kind: Exclude<PartKind, 'heading'>, text: string, place: Place | null = null): TextPart {
  return {
    text: withLineBreak(text),
    kind,
    level: null,
    page: place?.page ?? null,
    pageKind: place?.pageKind ?? null,
  }
}

/** Returns a heading that ends with a line break. `level` is limited to 1 to 6. */
export function heading(level: number, text: string, place: Place | null = null): TextPart {
  const limited = Math.min(6, Math.max(1, Math.trunc(level) || 1))
  return { ...part('paragraph', text, place), kind: 'heading', level: limited }
}

/** Returns a row of a table, with the cells joined by ` | `; null when all cells are blank. */
export function row(
  cells: readonly string[],
  isHeader: boolean,
  place: Place | null = null,
): TextPart | null {
  const texts = cells.map((cell) => cell.replace(/\s+/g, ' ').trim())
  const last = texts.findLastIndex((text) => text !== '')
  if (last === -1) return null
  return part(isHeader ? 'table-header' : 'table-row', texts.slice(0, last + 1).join(' | '), place)
}

function withLineBreak(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}
