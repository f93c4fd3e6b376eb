import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** Languages of manual pages, by the folder of their Debian package. */
export const MANUAL_LANGUAGES = ['de', 'fr', 'ja', 'zh_CN'] as const

const MANUALS = '/usr/share/man'
/** Text of a page that is indexed, in UTF-16 units: about the size of a chunk. */
const MAX_UNITS = 2_000
const MIN_UNITS = 200
const MAX_QUERIES = 300

interface Manual {
  readonly summary: string
  readonly text: string
}

/**
 * Makes a collection in BEIR's format of the manual pages of a language: a query is the summary of a page, which is
 * removed from its text, and its only relevant document is that page. Returns false when the pages are not installed.
 */
export async function makeKnownItems(language: string, folder: string): Promise<boolean> {
  const manuals = await readManuals(join(MANUALS, language))
  if (manuals.length === 0) return false
  await mkdir(folder, { recursive: true })
  const corpus = manuals.map(({ text }, id) => ({ _id: String(id), title: '', text }))
  // Every n-th page, so that the queries are from all sections.
  const step = Math.ceil(manuals.length / MAX_QUERIES)
  const asked = manuals.flatMap(({ summary }, id) =>
    id % step === 0 ? [{ _id: String(id), text: summary }] : [],
  )
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  await writeFile(join(folder, 'corpus.jsonl'), lines(corpus))
  await writeFile(join(folder, 'queries.jsonl'), lines(asked))
  const judgements = asked.map(({ _id }) => `${_id}\t${_id}\t1`)
  await writeFile(join(folder, 'qrels.test.tsv'), ['query-id\tcorpus-id\tscore', ...judgements].join('\n'))
  return true
}

async function readManuals(folder: string): Promise<Manual[]> {
  const paths: string[] = await readdir(folder, { recursive: true }).catch(() => [])
  const manuals = new Map<string, Manual>()
  for (const path of paths.filter((name) => name.endsWith('.gz')).sort()) {
    const source = (await promisify(gunzip)(await readFile(join(folder, path)))).toString()
    const manual = parseManual(source)
    // A page with several names is installed once for each.
    if (manual !== null && !manuals.has(manual.summary)) manuals.set(manual.summary, manual)
  }
  return [...manuals.values()]
}

/** Accented letters in the notation of roff, as in `\(:u`. Few pages use it; they are left out. */
const ROFF_ACCENTS = /\\[([]['`^~:,]/

/** Returns the summary of the first section, and the text of the others; null without a summary or with little text. */
function parseManual(source: string): Manual | null {
  const [, names, ...sections] = source.split(/^\.S[Hh] .*$/m)
  if (names === undefined || ROFF_ACCENTS.test(source)) return null
  const summary =
    plainText(names.replace(/^\.Nd /m, '- '))
      .split(/ [-–—]+ /)[1]
      ?.trim() ?? ''
  const text = plainText(sections.join('\n')).slice(0, MAX_UNITS)
  return summary === '' || text.length < MIN_UNITS ? null : { summary, text }
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
