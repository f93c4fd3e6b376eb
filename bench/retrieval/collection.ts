import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Documents, and queries with the documents that people judged relevant. */
export interface Collection {
  readonly name: string
  readonly documents: readonly CollectionDocument[]
  readonly queries: readonly JudgedQuery[]
}

export interface CollectionDocument {
  readonly id: string
  readonly text: string
}

export interface JudgedQuery {
  readonly text: string
  /** Grade of each relevant document. */
  readonly relevant: ReadonlyMap<string, number>
}

/** Unpacks the archives `<name>.tar.gz` of a folder, in BEIR's format, and returns the folders of the collections. */
export async function unpackCollections(folder: string, target: string): Promise<string[]> {
  const archives = (await readdir(folder)).filter((name) => name.endsWith('.tar.gz')).sort()
  for (const archive of archives) await run('tar', ['xzf', join(folder, archive), '-C', target])
  return archives.map((archive) => join(target, basename(archive, '.tar.gz')))
}

/** Reads a collection: corpus.jsonl, queries.jsonl and qrels.test.tsv. */
export async function readCollection(folder: string): Promise<Collection> {
  const documents: CollectionDocument[] = []
  for await (const line of linesOf(join(folder, 'corpus.jsonl'))) {
    const { _id, title, text } = JSON.parse(line)
    documents.push({ id: _id, text: `${title} ${text}`.trim() })
  }
  const judgements = new Map<string, Map<string, number>>()
  const [, ...rows] = (await readFile(join(folder, 'qrels.test.tsv'), 'utf8')).trim().split('\n')
  for (const row of rows) {
    const [query = '', document = '', grade = '0'] = row.trim().split('\t')
    const relevant = judgements.get(query) ?? new Map<string, number>()
    if (Number(grade) > 0) judgements.set(query, relevant.set(document, Number(grade)))
  }
  const queries: JudgedQuery[] = []
  for await (const line of linesOf(join(folder, 'queries.jsonl'))) {
    const { _id, text } = JSON.parse(line)
    const relevant = judgements.get(_id)
    if (relevant) queries.push({ text, relevant })
  }
  return { name: basename(folder), documents, queries }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) if (line !== '') yield line
}
