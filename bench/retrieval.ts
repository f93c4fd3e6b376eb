// Compares search in vector stores with other search libraries.
//   node bench/retrieval.ts COLLECTIONS [--out FILE] [--no-speed]
// COLLECTIONS is a folder with archives <name>.tar.gz in BEIR's format. They are not part of this repository.
import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { installPeers } from './peers.ts'
import { type Column, markdownTable } from './report/markdown.ts'
import { unpackCollections } from './retrieval/collection.ts'
import { ENGINES } from './retrieval/engines.ts'

interface Measured {
  readonly ndcg?: number
  readonly recall?: number
  readonly queryMs: readonly number[]
  readonly buildMs: number
  readonly memoryBytes: number
}

const run = promisify(execFile)
const MEASURE = fileURLToPath(new URL('retrieval/measure-engine.ts', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: { out: { type: 'string' }, speed: { type: 'boolean', default: true } },
})
const collections = positionals[0]
if (collections === undefined)
  throw new Error('usage: node bench/retrieval.ts COLLECTIONS [--out FILE] [--no-speed]')

const right = (heading: string): Column => ({ heading, align: 'right' })
const ENGINE: Column = { heading: 'engine', align: 'left' }
const COST = [right('build'), right('memory')]

interface View {
  readonly columns: readonly Column[]
  cells(measured: Measured): string[]
}
const milliseconds = (values: readonly number[]) => values.map((value) => `${value.toFixed(1)} ms`)
const QUALITY: View = {
  columns: [right('nDCG@10'), right('Recall@100'), right('query p50')],
  cells: ({ ndcg = 0, recall = 0, queryMs }) => [
    ndcg.toFixed(3),
    recall.toFixed(3),
    ...milliseconds(queryMs),
  ],
}
const SPEED: View = {
  columns: [right('3 terms'), right('8 terms'), right('20 terms')],
  cells: ({ queryMs }) => milliseconds(queryMs),
}

const directory = await mkdtemp(join(tmpdir(), 'waybill-retrieval-'))
try {
  await installPeers()
  const folders = await unpackCollections(collections, directory)
  for (const folder of folders) await report(basename(folder), 'quality', folder, QUALITY)
  const largest = folders.at(-1)
  if (values.speed && largest !== undefined) {
    await report('50,000 chunks', 'speed', largest, SPEED)
    await report('25 chunks', 'small', largest, SPEED)
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

/** Writes a section as soon as it is measured. */
async function report(heading: string, mode: string, folder: string, view: View): Promise<void> {
  const section = `## ${heading}\n\n${await table(mode, folder, view)}\n\n`
  if (values.out === undefined) process.stdout.write(section)
  else await appendFile(values.out, section)
}

async function table(mode: string, folder: string, { columns, cells }: View): Promise<string> {
  const rows: string[][] = []
  for (const name of Object.keys(ENGINES)) {
    console.error(`${basename(folder)}, ${mode}: ${name} …`)
    const data = join(directory, `${mode}-${basename(folder)}-${rows.length}`)
    await mkdir(data)
    const { stdout } = await run(process.execPath, [MEASURE, mode, name, folder, data])
    const measured: Measured = JSON.parse(stdout)
    rows.push([name, ...cells(measured), `${(measured.buildMs / 1000).toFixed(1)} s`, mebibytes(measured)])
  }
  return markdownTable([ENGINE, ...columns, ...COST], rows)
}

function mebibytes({ memoryBytes }: Measured): string {
  return `${Math.round(memoryBytes / 1024 ** 2)} MiB`
}
