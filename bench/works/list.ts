import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { runCallers } from '../load/callers.ts'
import { type Goal, measuredOfAll, type WorkResult } from '../result.ts'
import { seedFiles } from '../seed-files.ts'
import { percentile, summarize } from '../statistics.ts'
import { createInstallation, ORGANIZATION, serveInstallation, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const PAGE = 50

/** Measures a page of the list, with few and with many files, the first page and by cursor at any depth. */
export const listWork: Work = { id: 'list', measure: measureList }

async function measureList({ directory, options }: Bench): Promise<WorkResult[]> {
  const { fewFiles, manyFiles, rounds } = options
  const few = await startWith(join(directory, 'list-few'), fewFiles)
  const many = await startWith(join(directory, 'list-many'), manyFiles)
  const perRound = Math.ceil(options.lists / rounds)
  const first = Array<number | null>(perRound).fill(null)
  const anywhere = Array.from(
    { length: perRound },
    (_, index) => 1 + Math.floor((index * manyFiles) / perRound),
  )
  const names = {
    few: `${fewFiles.toLocaleString('en')} files, first page`,
    many: `${manyFiles.toLocaleString('en')} files, first page`,
    deep: `${manyFiles.toLocaleString('en')} files, by cursor at any depth`,
  }
  const samples = await alternate(rounds, [
    { name: names.few, measure: () => listPages(few, first) },
    { name: names.many, measure: () => listPages(many, first) },
    { name: names.deep, measure: () => listPages(many, anywhere) },
  ])
  await few.process.stop()
  await many.process.stop()
  const p99 = (name: string) =>
    summarize((samples.get(name) ?? []).map((all) => percentile(all, 0.99))).median
  const goal = (name: string): Goal => ({
    text: `p99 of "${name}" ÷ p99 of "${names.few}"`,
    measured: p99(name) / p99(names.few),
    needed: 2,
    aim: null,
    bound: 'at most',
    unit: 'ratio',
  })
  return [
    {
      id: 'list',
      title: 'List, a page of 50',
      method:
        'One caller requests page after page. The figures are the median and the range of the 99th percentiles of the rounds.',
      unit: 'ms, p99',
      isMoreBetter: false,
      measured: measuredOfAll(samples, (all) => percentile(all, 0.99)),
      goals: [goal(names.many), goal(names.deep)],
    },
  ]
}

async function startWith(directory: string, files: number): Promise<Waybill> {
  const installation = await createInstallation(directory)
  seedFiles(installation, ORGANIZATION, files)
  return serveInstallation(installation)
}

/** Returns the latency of each page in milliseconds: the first page, or the page after the file with this number. */
async function listPages(
  { url, filesUrl, apiKey }: Waybill,
  behind: readonly (number | null)[],
): Promise<readonly number[]> {
  const { latenciesMs } = await runCallers(url, 1, behind.map(toQuery), async (call, query) => {
    await call({
      method: 'GET',
      path: `${new URL(filesUrl).pathname}?limit=${PAGE}${query}`,
      headers: { 'x-api-key': apiKey },
    })
  })
  return latenciesMs
}

function toQuery(behind: number | null): string {
  return behind === null ? '' : `&after=file_${behind.toString(16).padStart(32, '0')}`
}
