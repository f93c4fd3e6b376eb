import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { unpackDebianPackage } from './debian-package.ts'
import type { KnownItem } from './known-item.ts'
import { parseHandbook } from './parse-handbook.ts'
import { parseManual } from './parse-manual.ts'

const MAX_QUERIES = 300

interface Source {
  /** Debian package with the texts. */
  readonly name: string
  readonly folder: string
  /** Ending of the files, in which each file has one or more items. */
  readonly ending: '.gz' | '.html'
  parse(source: string): readonly KnownItem[]
}

const manuals = (name: string, language: string): Source => ({
  name,
  folder: `usr/share/man/${language}`,
  ending: '.gz',
  parse: parseManual,
})

/** Sources by language. There are no manual pages in Arabic; its source is the Debian Administrator's Handbook. */
const SOURCES: Readonly<Record<string, Source>> = {
  de: manuals('manpages-de', 'de'),
  fr: manuals('manpages-fr', 'fr'),
  ja: manuals('manpages-ja', 'ja'),
  zh_CN: manuals('manpages-zh', 'zh_CN'),
  ar: {
    name: 'debian-handbook',
    folder: 'usr/share/doc/debian-handbook/html/ar-MA',
    ending: '.html',
    parse: parseHandbook,
  },
}

export const KNOWN_ITEM_LANGUAGES = Object.keys(SOURCES)

/**
 * Makes a collection in BEIR's format of the texts of a language: a query is the summary of a text, which is removed
 * from it, and its only relevant document is that text. Downloads the Debian package below `folder`. Throws when that is
 * not possible.
 */
export async function makeKnownItems(language: string, folder: string): Promise<void> {
  const source = SOURCES[language]
  if (source === undefined) throw new Error(`there are no known items in ${language}`)
  const root = join(folder, 'package')
  await mkdir(root, { recursive: true })
  await unpackDebianPackage(source.name, root, source.folder)
  const items = await readItems(join(root, source.folder), source)
  const corpus = items.map(({ text }, id) => ({ _id: String(id), title: '', text }))
  // Every n-th item, so that the queries are from all parts.
  const step = Math.ceil(items.length / MAX_QUERIES)
  const asked = items.flatMap(({ summary }, id) =>
    id % step === 0 ? [{ _id: String(id), text: summary }] : [],
  )
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  await writeFile(join(folder, 'corpus.jsonl'), lines(corpus))
  await writeFile(join(folder, 'queries.jsonl'), lines(asked))
  const judgements = asked.map(({ _id }) => `${_id}\t${_id}\t1`)
  await writeFile(join(folder, 'qrels.test.tsv'), ['query-id\tcorpus-id\tscore', ...judgements].join('\n'))
}

async function readItems(folder: string, { ending, parse }: Source): Promise<KnownItem[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(ending)).sort()
  const items = new Map<string, KnownItem>()
  for (const path of paths) {
    const bytes = await readFile(join(folder, path))
    const source = (ending === '.gz' ? await promisify(gunzip)(bytes) : bytes).toString()
    // A page with several names is installed once for each.
    for (const item of parse(source)) if (!items.has(item.summary)) items.set(item.summary, item)
  }
  return [...items.values()]
}
