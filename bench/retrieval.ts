// Compares search in vector stores with other search engines, prints the page RETRIEVAL.md and writes it.
//   node bench/retrieval.ts COLLECTIONS [--out FILE] [--minutes N] [--no-speed] [--no-service] [--no-known-items]
// COLLECTIONS is a folder with archives <name>.tar.gz in BEIR's format. They are not part of this repository. Known items
// are made from Debian packages, which apt-get downloads. After the minutes (60), what is left has no result.
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
import { KNOWN_ITEM_LANGUAGES, makeKnownItems } from './retrieval/known-items.ts'
import type { Measured } from './retrieval/measure-engine.ts'
import type { MeasuredService } from './retrieval/measure-service.ts'
import type { MeasuredVectors } from './retrieval/measure-vectors.ts'
import { describeRetrievalMachine } from './retrieval/report/machine.ts'
import { type RetrievalResults, type Row, renderRetrieval } from './retrieval/report/page.ts'

/** Time for one engine and one collection, after which it has no result. */
const MAX_RUN_MS = 600_000
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
    'known-items': { type: 'boolean', default: true },
    minutes: { type: 'string', default: '60' },
  },
})
const collections = positionals[0]
if (collections === undefined) throw new Error('usage: node bench/retrieval.ts COLLECTIONS [--out FILE] …')
const endsAt = performance.now() + Number(values.minutes) * 60_000

const directory = await mkdtemp(join(tmpdir(), 'waybill-retrieval-'))
let folders = 0
try {
  await installPeers()
  const startedAt = new Date()
  const loadBefore = loadavg()[0] ?? 0
  const results = await measureAll(collections)
  const machine = await describeRetrievalMachine(startedAt, loadBefore)
  const page = renderRetrieval(machine, results)
  await writeFile(values.out, page)
  console.log(page)
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
  const known = values['known-items'] ? await measureKnownItems() : new Map<string, Row[]>()
  const service = values.service ? await measure<MeasuredService>('measure-service', [first]) : null
  return {
    quality,
    known,
    service,
    vectors: values.speed ? await measure<MeasuredVectors>('measure-vectors', [String(VECTOR_CHUNKS)]) : null,
    small: values.speed ? await measureEngines('small', largest, lexical) : [],
    large: values.speed ? await measureEngines('speed', largest, lexical) : [],
  }
}

async function measureKnownItems(): Promise<Map<string, Row[]>> {
  const known = new Map<string, Row[]>()
  for (const language of KNOWN_ITEM_LANGUAGES) {
    const folder = join(directory, `known-${language}`)
    try {
      await makeKnownItems(language, folder)
    } catch (error) {
      console.error(`there are no known items in ${language}:`, error)
      continue
    }
    known.set(language, await measureEngines('quality', folder, KNOWN_ITEM_ENGINES))
  }
  return known
}

async function measureEngines(mode: string, folder: string, names: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of names)
    rows.push({ name, measured: await measure<Measured>('measure-engine', [mode, name, folder]) })
  return rows
}

/** Runs a program with a new folder as its last argument. Returns null when it fails or takes too long. */
async function measure<T>(program: string, args: readonly string[]): Promise<T | null> {
  const startedAt = performance.now()
  const timeout = Math.floor(Math.min(MAX_RUN_MS, endsAt - startedAt))
  const shown = [program, ...args.map((arg) => basename(arg))].join(' ')
  if (timeout <= 0) {
    console.error(`${shown}: left out, because the time is over`)
    return null
  }
  const folder = join(directory, `run-${folders++}`)
  await mkdir(folder)
  const path = fileURLToPath(new URL(`retrieval/${program}.ts`, import.meta.url))
  try {
    const { stdout } = await run(process.execPath, [path, ...args, folder], { timeout })
    return JSON.parse(stdout)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return null
  } finally {
    console.error(`${shown}: ${Math.round((performance.now() - startedAt) / 1000)} s`)
    await rm(folder, { recursive: true, force: true })
  }
}
