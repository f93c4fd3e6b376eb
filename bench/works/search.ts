import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { runCallers } from '../load/callers.ts'
import { type Goal, measuredOfAll, type WorkResult } from '../result.ts'
import { seedFolders } from '../seed-folders.ts'
import { percentile, summarize } from '../statistics.ts'
import { createInstallation, ORGANIZATION, serveInstallation, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const PAGE = 50

/** Lists with filters and orders that an index serves in their order, by name. See `seedFolders`. */
const LISTS: Readonly<Record<string, string>> = {
  'folders in the root': 'delimiter=/',
  'one folder, by name': 'path=team-7/1&delimiter=/&sort=filename',
  'below a folder': 'path=team-7',
  'by name': 'sort=filename',
  'by size': 'sort=file_size',
  'a name of three files': 'search=seldom',
  'a name of all files': 'search=report',
  'a name of one file in 20': 'search=middle',
  'a tenth by type': 'mime_type=image/*',
  'a time': 'uploaded_after=2023-11-14T22:13:20Z&uploaded_before=2023-11-14T22:13:20.5Z',
}

/** Measures a page of filtered lists, with few and with many files. */
export const searchWork: Work = { id: 'search', measure: measureSearch }

async function measureSearch({ directory, options }: Bench): Promise<WorkResult[]> {
  const { fewFiles, manyFiles, rounds } = options
  const few = await startWith(join(directory, 'search-few'), fewFiles)
  const many = await startWith(join(directory, 'search-many'), manyFiles)
  const pages = Math.ceil(options.searches / rounds)
  const names = Object.keys(LISTS).map((list) => ({
    list,
    few: `${fewFiles.toLocaleString('en')} files, ${list}`,
    many: `${manyFiles.toLocaleString('en')} files, ${list}`,
  }))
  const samples = await alternate(
    rounds,
    names.flatMap((name) => [
      { name: name.few, measure: () => listPages(few, LISTS[name.list] ?? '', pages) },
      { name: name.many, measure: () => listPages(many, LISTS[name.list] ?? '', pages) },
    ]),
  )
  await few.process.stop()
  await many.process.stop()
  const p99 = (name: string) =>
    summarize((samples.get(name) ?? []).map((all) => percentile(all, 0.99))).median
  const goals = names.map(
    (name): Goal => ({
      text: `p99 of "${name.many}" ÷ p99 with ${fewFiles.toLocaleString('en')} files`,
      measured: p99(name.many) / p99(name.few),
      needed: 2,
      aim: null,
      bound: 'at most',
      unit: 'ratio',
    }),
  )
  return [
    {
      id: 'search',
      title: 'Search, a page of 50',
      method:
        'One caller requests the first page again and again. The figures are the median and the range of the 99th percentiles ' +
        'of the rounds.',
      unit: 'ms, p99',
      isMoreBetter: false,
      measured: measuredOfAll(samples, (one) => percentile(one, 0.99)),
      goals,
    },
  ]
}

async function startWith(directory: string, files: number): Promise<Waybill> {
  const installation = await createInstallation(directory)
  await seedFolders(installation, ORGANIZATION, files)
  return serveInstallation(installation)
}

/** Returns the latency of each page in milliseconds. */
async function listPages(
  { url, filesUrl, apiKey }: Waybill,
  query: string,
  pages: number,
): Promise<readonly number[]> {
  const queries = Array<string>(pages).fill(query)
  const { latenciesMs } = await runCallers(url, 1, queries, async (call, one) => {
    await call({
      method: 'GET',
      path: `${new URL(filesUrl).pathname}?limit=${PAGE}&${one}`,
      headers: { 'x-api-key': apiKey },
    })
  })
  return latenciesMs
}
