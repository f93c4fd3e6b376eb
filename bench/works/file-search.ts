import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '../../packages/server/test/postgres/postgres-server.ts'
import { alternate } from '../alternate.ts'
import { runCallers } from '../load/callers.ts'
import { createDatabase } from '../postgres/create-database.ts'
import { measuredOfAll, type WorkResult } from '../result.ts'
import { seedNamedFiles } from '../seed-named-files.ts'
import { percentile, summarize } from '../statistics.ts'
import { createInstallation, ORGANIZATION, serveInstallation, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

/** Requests of `GET /files`, each with a page of 50. Most find more than a page, also among 1,000 files. */
const SEARCHES: Readonly<Record<string, string>> = {
  'newest first': '',
  'by name': 'sort=filename',
  'largest first': 'sort=file_size&order=desc',
  'the folders and files of a folder': 'path=folder-7&delimiter=/',
  'all files below a folder, by name': 'path=folder-7&sort=filename',
  'a name that one has': 'search=report-777-',
  'a name that one in 20 has': 'search=-week-7.',
  'a name that one in 20 has, by name': 'search=-week-7.&sort=filename',
  'a name that all have, by size': 'search=report&sort=file_size',
  'a name that none has': 'search=unknown',
  'a rare type': 'mime_type=image/png',
  'a common type, by name': 'mime_type=text/*&sort=filename',
  'a minute of a year': 'uploaded_after=2024-01-01T00:00:00Z&uploaded_before=2024-01-01T00:01:00Z',
  'all filters at once':
    'path=folder-7&search=report&mime_type=text/plain&uploaded_after=2023-12-01T00:00:00Z&sort=file_size',
}

/** Measures searches among few and many files on PostgreSQL; `searchWork` has those of SQLite. */
export const fileSearchWork: Work = { id: 'file-search', measure: measureFileSearch }

async function measureFileSearch(bench: Bench): Promise<WorkResult[]> {
  let server: PostgresServer
  try {
    server = await startPostgres()
  } catch {
    return []
  }
  try {
    return [await measureOn(server, bench)]
  } finally {
    await server.stop()
  }
}

async function measureOn(server: PostgresServer, { directory, options }: Bench): Promise<WorkResult> {
  const { fewFiles, manyFiles, rounds } = options
  const start = async (name: string, files: number) => {
    const DATABASE_URL = await createDatabase(server, name)
    const installation = await createInstallation(join(directory, `file-search-${name}`), { DATABASE_URL })
    await seedNamedFiles(DATABASE_URL, ORGANIZATION, files)
    return serveInstallation(installation)
  }
  const few = await start('few', fewFiles)
  const many = await start('many', manyFiles)
  const perRound = Math.ceil(options.lists / rounds / 2)
  const samples = await alternate(
    rounds,
    Object.entries(SEARCHES).map(([name, query]) => ({
      name,
      measure: () => compare(few, many, query, perRound),
    })),
  )
  await few.process.stop()
  await many.process.stop()
  return resultOf(samples, options)
}

function resultOf(
  samples: ReadonlyMap<string, readonly Sides[]>,
  { fewFiles, manyFiles }: Bench['options'],
): WorkResult {
  const measured = measuredOfAll(samples, ({ few, many }) => many / few)
  const slowest = (side: keyof Sides) =>
    Math.max(...[...samples.values()].map((rounds) => summarize(rounds.map((one) => one[side])).median))
  const slowestMs = [slowest('few'), slowest('many')].map((ms) => ms.toFixed(1)).join(' and ')
  return {
    id: 'file-search',
    title: 'Search of files on PostgreSQL',
    method:
      `A page of 50 among ${manyFiles.toLocaleString('en')} files: 99th percentile of the latency, divided by that among ` +
      `${fewFiles.toLocaleString('en')} files. The slowest search has ${slowestMs} ms among few and many files.`,
    unit: '× of few files, p99',
    isMoreBetter: false,
    measured,
    goals: [
      {
        text: 'the search that grows most: p99 among many files ÷ p99 among few',
        measured: Math.max(...measured.map(({ median }) => median)),
        ...{ needed: 2, aim: null, bound: 'at most', unit: 'ratio' },
      },
    ],
  }
}

/** 99th percentiles in milliseconds. */
interface Sides {
  readonly few: number
  readonly many: number
}

async function compare(few: Waybill, many: Waybill, query: string, requests: number): Promise<Sides> {
  return { few: await p99Of(few, query, requests), many: await p99Of(many, query, requests) }
}

async function p99Of({ url, filesUrl, apiKey }: Waybill, query: string, requests: number): Promise<number> {
  const path = `${new URL(filesUrl).pathname}?limit=50&${query}`
  const { latenciesMs } = await runCallers(url, 1, Array<null>(requests).fill(null), async (call) => {
    await call({ method: 'GET', path, headers: { 'x-api-key': apiKey } })
  })
  return percentile(latenciesMs, 0.99)
}
