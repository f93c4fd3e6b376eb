import { type Column, markdownTable } from '../../report/markdown.ts'
import type { Measured } from '../measure-engine.ts'
import type { MeasuredService } from '../measure-service.ts'
import type { MeasuredVectors } from '../measure-vectors.ts'
import type { MachineFacts } from './machine.ts'

/** Figures of one engine; null when it failed or took too long. */
export interface Row {
  readonly name: string
  readonly measured: Measured | null
}

export interface RetrievalResults {
  /** Values by collection. */
  readonly quality: ReadonlyMap<string, readonly Row[]>
  /** Known-item search, by language. */
  readonly known: ReadonlyMap<string, readonly Row[]>
  readonly large: readonly Row[]
  readonly small: readonly Row[]
  readonly vectors: MeasuredVectors | null
  readonly service: MeasuredService | null
}

interface Goal {
  readonly text: string
  readonly needed: number
  readonly bound: 'at least' | 'at most'
  readonly unit: string
  /** Absent, as null, when it was not measured. */
  readonly measured: number | null
  /** Processor time of a query; null for goals of another kind. */
  readonly cpuMs: number | null
}

const WAYBILL = 'Waybill'
const FTS5 = 'SQLite FTS5 (unicode61, bm25)'
/** Languages of known items with a goal. Stems, or pairs of characters, gain most there. */
const KNOWN_ITEM_GOALS = ['de', 'ja', 'zh_CN', 'ar']
const NO_RESULT = 'no result'
const MIB = 1024 ** 2

const left = (heading: string): Column => ({ heading, align: 'left' })
const right = (heading: string): Column => ({ heading, align: 'right' })

/** Returns the page as Markdown. */
export function renderRetrieval(machine: MachineFacts, results: RetrievalResults): string {
  return `${[
    '# Results of search',
    INTRODUCTION,
    markdownTable([left('machine'), left('')], machine),
    '## Goals',
    renderGoals(goalsOf(results)),
    ...[...results.quality].flatMap(([name, rows]) => [`## ${name}`, renderQuality(rows)]),
    ...(results.known.size === 0 ? [] : ['## Known items', KNOWN_ITEMS]),
    ...[...results.known].flatMap(([language, rows]) => [`### ${language}`, renderQuality(rows)]),
    ...renderSpeed('A store of 50,000 chunks', results.large),
    ...renderSpeed('A store of 25 chunks', results.small),
    ...renderVectors(results.vectors),
    ...renderService(results.service),
  ].join('\n\n')}\n`
}

const INTRODUCTION = `Search in vector stores is compared with other engines that rank words, all with one text per document. Each engine runs in a
process of its own. A time of a query is the median of elapsed time, which other load on the machine prolongs. CPU is the
mean of processor time, in all threads and processes of the engine; × Waybill compares it. Memory is what the process
gained beyond the texts of the collection; that of a PostgreSQL server is not counted. \`npm run bench:retrieval -- FOLDER\`
measures again.`

const KNOWN_ITEMS = `Manual pages in German, French, Japanese and Chinese, and sections of a handbook in Arabic. A query is the summary of a page
or the title of a section, and the only right answer is the page or section without it.`

function goalsOf({ quality, known, large, small, vectors, service }: RetrievalResults): Goal[] {
  const atLeast = (text: string, needed: number, measured: number | null | undefined): Goal => ({
    ...{ text, needed, bound: 'at least', unit: '', measured: measured ?? null, cpuMs: null },
  })
  const atMost = (
    text: string,
    needed: number,
    unit: string,
    measured: number | null | undefined,
    cpuMs: number | null = null,
  ): Goal => ({
    ...{ text, needed, bound: 'at most', unit, measured: measured ?? null, cpuMs },
  })
  const queryGoal = (text: string, needed: number, row: Measured | null, at: number): Goal =>
    atMost(text, needed, ' ms', row?.queryMs[at], row?.queryCpuMs[at])
  const of = (rows: readonly Row[] | undefined, name = WAYBILL) =>
    rows?.find((row) => row.name === name)?.measured ?? null
  const scifact = of(quality.get('scifact'))
  const cranfield = of(quality.get('cranfield'))
  return [
    atLeast('scifact: nDCG@10', 0.69, scifact?.ndcg),
    atLeast('scifact: Recall@100', 0.92, scifact?.recall),
    atLeast('cranfield: nDCG@10', 0.385, cranfield?.ndcg),
    atLeast('cranfield: Recall@100', 0.74, cranfield?.recall),
    ...KNOWN_ITEM_GOALS.flatMap((language) => {
      const rows = known.get(language)
      const measured = ratio(of(rows)?.ndcg, of(rows, FTS5)?.ndcg)
      return atLeast(`known items, ${language}: nDCG@10 ÷ FTS5`, 1, measured)
    }),
    ...[10, 25, 60].map((needed, at) =>
      queryGoal(`50,000 chunks, ${[3, 8, 20][at]} terms: p50`, needed, of(large), at),
    ),
    queryGoal('25 chunks, 8 terms: p50', 2, of(small), 1),
    atMost('100,000 vectors of 384 dimensions: p50', 5, ' ms', vectors?.queryMs, vectors?.queryCpuMs),
    atLeast('100,000 vectors of 384 dimensions: recall@10', 0.99, vectors?.recall),
    atMost('files of cranfield, from batch to completed', 120, ' s', service?.seconds),
    atMost('memory of the server meanwhile', 300, ' MiB', service && service.peakBytes / MIB),
    atMost('delay of the event loop meanwhile: p99', 20, ' ms', service?.delay.p99),
  ]
}

function ratio(one: number | null | undefined, other: number | null | undefined): number | null {
  return one == null || other == null ? null : one / other
}

function renderGoals(goals: readonly Goal[]): string {
  const rows = goals
    .filter(({ measured }) => measured !== null)
    .map(({ text, needed, bound, unit, measured, cpuMs }) => {
      const value = measured ?? Number.NaN
      const isReached = bound === 'at least' ? value >= needed : value <= needed
      const required = `${bound === 'at least' ? '≥' : '≤'} ${needed}${unit}`
      const cpu = cpuMs === null ? '' : milliseconds(cpuMs)
      return [text, required, `${short(value)}${unit}`, cpu, isReached ? 'yes' : '**no**']
    })
  const columns = [left('goal'), right('required'), right('measured'), right('CPU'), left('reached?')]
  return markdownTable(columns, rows)
}

/** Three digits, and more before the point. */
const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value < 1 ? value.toFixed(3) : value.toPrecision(3)

function renderQuality(rows: readonly Row[]): string {
  const columns = ['nDCG@10', 'Recall@100', 'query p50', 'CPU', '× Waybill', 'build CPU', 'memory']
  return markdownTable(
    [left('engine'), ...columns.map(right)],
    rows.map(({ name, measured }) => [
      nameOf(name, measured),
      ...(measured === null
        ? columns.map(() => NO_RESULT)
        : [
            (measured.ndcg ?? Number.NaN).toFixed(3),
            (measured.recall ?? Number.NaN).toFixed(3),
            milliseconds(measured.queryMs[0]),
            ...cpuCells(rows, measured, 0),
            ...costCells(measured),
          ]),
    ]),
  )
}

function renderSpeed(heading: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const terms = ['3 terms', '8 terms', '20 terms']
  const columns = [...terms.flatMap((term) => [`${term}: p50`, 'CPU', '× Waybill']), 'build CPU', 'memory']
  const table = markdownTable(
    [left('engine'), ...columns.map(right)],
    rows.map(({ name, measured }) => [
      nameOf(name, measured),
      ...(measured === null
        ? columns.map(() => NO_RESULT)
        : [
            ...terms.flatMap((_, at) => [
              milliseconds(measured.queryMs[at]),
              ...cpuCells(rows, measured, at),
            ]),
            ...costCells(measured),
          ]),
    ]),
  )
  return [`## ${heading}`, table]
}

function nameOf(name: string, measured: Measured | null): string {
  const shown = name === WAYBILL ? `**${name}**` : name
  return measured === null ? shown : `${shown}, ${measured.documents.toLocaleString('en')} texts`
}

function cpuCells(rows: readonly Row[], measured: Measured, at: number): string[] {
  const own = rows.find(({ name }) => name === WAYBILL)?.measured?.queryCpuMs[at]
  const compared = ratio(measured.queryCpuMs[at], own)
  return [milliseconds(measured.queryCpuMs[at]), compared === null ? '' : short(compared)]
}

function costCells({ buildCpuSeconds, memoryBytes }: Measured): string[] {
  return [`${buildCpuSeconds.toFixed(1)} s`, `${Math.round(memoryBytes / MIB)} MiB`]
}

const milliseconds = (value = Number.NaN): string => `${short(value)} ms`

function renderVectors(vectors: MeasuredVectors | null): string[] {
  if (vectors === null) return []
  const { chunks, dimensions, queryMs, queryCpuMs, recall } = vectors
  return [
    '## Vectors',
    `A search by vectors alone in ${chunks.toLocaleString('en')} random vectors of ${dimensions} dimensions takes ` +
      `${milliseconds(queryMs)} (p50; CPU ${milliseconds(queryCpuMs)}), and finds ${recall.toFixed(3)} of the 10 nearest ones.`,
  ]
}

function renderService(service: MeasuredService | null): string[] {
  if (service === null) return []
  const { files, seconds, cpuSeconds, peakBytes, idle, idleDelay, loaded, delay } = service
  const row = (name: string, uploads: MeasuredService['idle'], loop: MeasuredService['delay']) => [
    name,
    ...[uploads.p50, uploads.p99, loop.p50, loop.p99].map(milliseconds),
  ]
  const columns = ['upload of 1 MiB: p50', 'p99', 'event loop delay: p50', 'p99']
  return [
    '## Indexing',
    `A server with the defaults indexes ${files.toLocaleString('en')} text files of cranfield in ${short(seconds)} s from ` +
      `the first batch to the last completed file, with ${short(cpuSeconds)} s of processor time and a peak of ` +
      `${Math.round(peakBytes / MIB)} MiB of resident memory. Meanwhile a client uploads files of 1 MiB, one after the other.`,
    markdownTable(
      [left(''), ...columns.map(right)],
      [row('without indexing', idle, idleDelay), row('while indexing', loaded, delay)],
    ),
  ]
}
