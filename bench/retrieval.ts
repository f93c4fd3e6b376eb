// Compares search in vector stores with other search engines, and writes the page RETRIEVAL.md.
//   node bench/retrieval.ts COLLECTIONS [--out FILE] [--no-speed] [--no-service] [--known-items]
// COLLECTIONS is a folder with archives <name>.tar.gz in BEIR's format. They are not part of this repository.
// --known-items also measures the manual pages that the Debian packages manpages-de, -fr, -ja and -zh install.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { inCheckout } from './checkout.ts'
import { installPeers } from './peers.ts'
import { unpackCollections } from './retrieval/collection.ts'
import { ENGINES } from './retrieval/engines.ts'
import { MANUAL_LANGUAGES, makeKnownItems } from './retrieval/known-items.ts'
import type { Measured } from './retrieval/measure-engine.ts'
import type { MeasuredService } from './retrieval/measure-service.ts'
import type { MeasuredVectors } from './retrieval/measure-vectors.ts'
import { describeRetrievalMachine } from './retrieval/report/machine.ts'
import { type RetrievalResults, type Row, renderRetrieval } from './retrieval/report/page.ts'

/** Time for one engine and one collection, after which it has no result. */
const MAX_ENGINE_MS = 900_000
const VECTOR_CHUNKS = 100_000
const KNOWN_ITEM_ENGINES = ['Waybill', 'SQLite FTS5 (unicode61, bm25)']

const run = promisify(execFile)
const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    out: { type: 'string', default: inCheckout('bench/RETRIEVAL.md') },
    speed: { type: 'boolean', default: true },
    service: { type: 'boolean', default: true },
    'known-items': { type: 'boolean', default: false },
  },
})
const collections = positionals[0]
if (collections === undefined) throw new Error('usage: node bench/retrieval.ts COLLECTIONS [--out FILE] …')

const directory = await mkdtemp(join(tmpdir(), 'waybill-retrieval-'))
let folders = 0
try {
  await installPeers()
  const startedAt = new Date()
  const loadBefore = loadavg()[0] ?? 0
  const results = await measureAll(collections)
  const machine = await describeRetrievalMachine(startedAt, loadBefore)
  await writeFile(values.out, renderRetrieval(machine, results))
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function measureAll(archives: string): Promise<RetrievalResults> {
  const collected = await unpackCollections(archives, directory)
  const first = collected[0]
  const largest = collected.at(-1)
  if (first === undefined || largest === undefined) throw new Error(`${archives} holds no collection`)
  const all = Object.keys(ENGINES)
  const lexical = all.filter((name) => !ENGINES[name]?.hasVectors)
  const quality = new Map<string, Row[]>()
  for (const folder of collected) quality.set(basename(folder), await measureEngines('quality', folder, all))
  const known = new Map<string, Row[]>()
  for (const language of values['known-items'] ? MANUAL_LANGUAGES : []) {
    const folder = join(directory, `manuals-${language}`)
    if (!(await makeKnownItems(language, folder))) continue
    known.set(language, await measureEngines('quality', folder, KNOWN_ITEM_ENGINES))
  }
  return {
    quality,
    known,
    large: values.speed ? await measureEngines('speed', largest, lexical) : [],
    small: values.speed ? await measureEngines('small', largest, lexical) : [],
    vectors: values.speed ? await measure<MeasuredVectors>('measure-vectors', [String(VECTOR_CHUNKS)]) : null,
    service: values.service ? await measure<MeasuredService>('measure-service', [first]) : null,
  }
}

async function measureEngines(mode: string, folder: string, names: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of names) {
    console.error(`${basename(folder)}, ${mode}: ${name} …`)
    rows.push({ name, measured: await measure<Measured>('measure-engine', [mode, name, folder]) })
  }
  return rows
}

/** Runs a program with a new folder as its last argument. Returns null when it fails or takes too long. */
async function measure<T>(program: string, args: readonly string[]): Promise<T | null> {
  const folder = join(directory, `run-${folders++}`)
  await mkdir(folder)
  const path = fileURLToPath(new URL(`retrieval/${program}.ts`, import.meta.url))
  try {
    const { stdout } = await run(process.execPath, [path, ...args, folder], { timeout: MAX_ENGINE_MS })
    return JSON.parse(stdout)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
