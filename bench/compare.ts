// Compares this checkout with another one. Usage: node bench/compare.ts --base DIRECTORY [--only ID,ID] [--rounds N]
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildCheckout, THIS_CHECKOUT } from './checkout.ts'
import { compileLimit } from './limit.ts'
import { FULL, type Options } from './options.ts'
import { NO_PEERS } from './peers.ts'
import type { WorkResult } from './result.ts'
import { type Summary, summarize } from './statistics.ts'
import type { Bench, Work } from './works/work.ts'
import { WORKS } from './works/works.ts'

const MIB = 1024 ** 2

/**
 * Options of one round: large enough to be significant, small enough to alternate many times. The rounds within are in one
 * process, and their median leaves out the first one, in which the process still compiles what it runs.
 */
const ONE_ROUND: Options = {
  ...FULL,
  rounds: 3,
  putBytes: 512 * MIB,
  downloadBytes: 512 * MIB,
  largeBytes: 1_000_000_000,
  manyUploadBytes: 20_000_000,
  registers: 6000,
  registersOnPostgres: 1920,
  smallFiles: 600,
  manyFiles: 100_000,
  lists: 9000,
}

type Side = 'base' | 'head'

/** Values of one row, one per round. */
interface Row {
  readonly title: string
  readonly unit: string
  readonly isMoreBetter: boolean
  readonly values: Readonly<Record<Side, number[]>>
}

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
  },
})
if (values.base === undefined)
  throw new Error('--base must name another checkout, with its packages installed')
const checkouts: Readonly<Record<Side, string>> = {
  base: resolve(values.base),
  head: THIS_CHECKOUT,
}
const only = values.only?.split(',') ?? WORKS.map(({ id }) => id)
const directory = await mkdtemp(join(values.data, '.run-'))

try {
  const bench = { directory, options: ONE_ROUND, limit: await compileLimit(directory), peers: NO_PEERS }
  console.log('| row | unit | base | head | head ÷ base | spread of base | slower by more than the spread? |')
  console.log('| --- | --- | ---: | ---: | ---: | ---: | --- |')
  for (const checkout of Object.values(checkouts)) await buildCheckout(checkout)
  for (const work of WORKS.filter(({ id }) => only.includes(id))) {
    const rows = await compareWork(work, bench, Number(values.rounds))
    for (const row of rows) console.log(rowText(row))
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

/** Measures both checkouts in turn; every round begins with the other one. */
async function compareWork(work: Work, bench: Bench, rounds: number): Promise<Row[]> {
  const rows = new Map<string, Row>()
  for (let round = 0; round < rounds; round++) {
    const order: readonly Side[] = round % 2 === 0 ? ['base', 'head'] : ['head', 'base']
    for (const side of order) {
      process.env.BENCH_CHECKOUT = checkouts[side]
      const folder = await mkdtemp(join(bench.directory, `${work.id}-`))
      for (const result of await work.measure({ ...bench, directory: folder })) addResult(rows, result, side)
      await rm(folder, { recursive: true, force: true })
    }
  }
  return [...rows.values()]
}

/** Adds the rows of Waybill. Rows of the disk, the load generator and other programs are equal on both sides. */
function addResult(rows: Map<string, Row>, { title, unit, isMoreBetter, measured }: WorkResult, side: Side) {
  for (const { name, median } of measured) {
    if (/alone|curl|C loop|pgbench/.test(name)) continue
    const key = `${title}: ${name}`
    const row = rows.get(key) ?? { title: key, unit, isMoreBetter, values: { base: [], head: [] } }
    rows.set(key, row)
    row.values[side].push(median)
  }
}

function rowText({ title, unit, isMoreBetter, values: { base, head } }: Row): string {
  const [before, after] = [summarize(base), summarize(head)]
  const ratio = after.median / before.median
  const loss = isMoreBetter ? 1 - ratio : ratio - 1
  const spread = spreadOf(before)
  const figures = [before.median, after.median].map((value) => value.toPrecision(3))
  return `| ${title} | ${unit} | ${figures.join(' | ')} | ${ratio.toFixed(3)} | ${spread.toFixed(3)} | ${loss > spread ? '**yes**' : 'no'} |`
}

/** Distance between minimum and maximum, as a share of the median. */
function spreadOf({ median, min, max }: Summary): number {
  return (max - min) / median
}
