import { type KnownItem, MAX_UNITS, MIN_UNITS } from './known-item.ts'

/** Accented letters in the notation of roff, as in `\(:u`. Few pages use it; they are left out. */
const ROFF_ACCENTS = /\\[([]['`^~:,]/

/** Returns the summary of the first section, and the text of the others; none without a summary or with little text. */
export function parseManual(source: string): KnownItem[] {
  const [, names, ...sections] = source.split(/^\.S[Hh] .*$/m)
  if (names === undefined || ROFF_ACCENTS.test(source)) return []
  const summary =
    plainText(names.replace(/^\.Nd /m, '- '))
      .split(/ [-–—]+ /)[1]
      ?.trim() ?? ''
  const text = plainText(sections.join('\n')).slice(0, MAX_UNITS)
  return summary === '' || text.length < MIN_UNITS ? [] : [{ summary, text }]
}

/** Removes comments, requests and escapes of roff, and keeps the text of fonts and headings. */
function plainText(source: string): string {
  return source
    .replace(/^[.']\\".*$/gm, '')
    .replace(/^\.(?:[BI]|BR|RB|IR|RI|BI|IB|SS|Ss|IP|Fl|Ar|Nm|Xr|Pa|Cm|Ic|Ns|Dq|Sq|Em|Sy) /gm, '')
    .replace(/^[.'].*$/gm, '')
    .replace(/\\f(?:\[[^\]]*\]|\(..|.)/g, '')
    .replace(/\\\(em|\\\(en/g, '–')
    .replace(/\\\[[^\]]*\]|\\\(..|\\\*./g, ' ')
    .replace(/\\-/g, '-')
    .replace(/\\[&,/|^%:)~0cdu]/g, '')
    .replace(/\\e/g, '\\')
    .replace(/\s+/g, ' ')
    .toWellFormed()
}
