// Fills a PostgreSQL database with files, measures the cost of a register, and extrapolates to larger installations; see
// docs/scaling.md. Usage: node bench/simulate-scale.ts [--sizes 100000] [--registers 6400] [--rounds 3]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../packages/server/test/postgres/postgres-server.ts'
import { alternate } from './alternate.ts'
import { extrapolate } from './postgres/extrapolate.ts'
import { findPgbench } from './postgres/pgbench.ts'
import { type Load, openSimulation, type Sample, type Size } from './postgres/simulation.ts'
import { markdownTable } from './report/markdown.ts'
import { summarize } from './statistics.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000' },
    registers: { type: 'string', default: '6400' },
    rounds: { type: 'string', default: '3' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const registers = Number(values.registers)
const rounds = Number(values.rounds)

/** Memory and log settings of a small dedicated server; every commit is synced. */
const SETTINGS = ['shared_buffers=2GB', 'max_wal_size=16GB', 'checkpoint_timeout=1h', 'wal_buffers=64MB']
const ORGANIZATIONS = 10_000
const PARTITIONS = 16
const MANY = { organizations: ORGANIZATIONS }
/** Fewer clients send larger batches, like processes that wait for their previous statements. */
const LOADS: readonly Load[] = [
  { name: '1 per statement', ...MANY, clients: 64, filesPerStatement: 1 },
  { name: '8 per statement', ...MANY, clients: 16, filesPerStatement: 8 },
  { name: '64 per statement', ...MANY, clients: 4, filesPerStatement: 64 },
  { name: '1 per statement, one organization', organizations: 1, clients: 64, filesPerStatement: 1 },
  {
    name: '64 per statement, no full-page images',
    ...MANY,
    clients: 4,
    filesPerStatement: 64,
    hasPageImages: false,
  },
  { name: '64 per statement, one organization', organizations: 1, clients: 4, filesPerStatement: 64 },
]

const directory = await mkdtemp(join(tmpdir(), 'waybill-scale-'))
const server = await startPostgres({ settings: SETTINGS })
try {
  const pgbench = await findPgbench(`${server.url}/plain`, directory)
  const pgbenchOfPartitions = await findPgbench(`${server.url}/partitioned`, directory)
  if (pgbench === null || pgbenchOfPartitions === null) throw new Error('pgbench is not installed')
  console.log(`${server.version}, ${pgbench.version}, in ${tmpdir()}\n`)
  const plain = await openSimulation(server.url, 'plain', {
    pgbench,
    partitions: 0,
    organizations: ORGANIZATIONS,
  })
  const partitioned = await openSimulation(server.url, 'partitioned', {
    pgbench: pgbenchOfPartitions,
    partitions: PARTITIONS,
    organizations: ORGANIZATIONS,
  })
  let last: ReadonlyMap<string, readonly Sample[]> = new Map()
  let lastSizes: readonly Size[] = []
  for (const size of sizes) {
    const isLast = size === sizes.at(-1)
    await plain.fill(size)
    if (isLast) await partitioned.fill(size)
    lastSizes = await plain.sizes()
    console.log(`## ${size.toLocaleString('en')} files\n\n${sizeTable(lastSizes)}\n`)
    last = await alternate(rounds, [
      ...LOADS.map((load) => ({ name: load.name, measure: () => plain.measure(load, registers) })),
      ...LOADS.filter(
        ({ filesPerStatement, hasPageImages }) =>
          isLast && filesPerStatement !== 8 && hasPageImages !== false,
      ).map((load) => ({
        name: `${load.name}, ${PARTITIONS} partitions`,
        measure: () => partitioned.measure(load, registers),
      })),
    ])
    console.log(`${loadTable(last)}\n`)
  }
  const [usual, least] = ['64 per statement', '64 per statement, no full-page images'].map((name) =>
    medians(last.get(name) ?? []),
  )
  if (usual && least) console.log(extrapolate(lastSizes, usual, least.walBytesEach))
  await plain.close()
  await partitioned.close()
} finally {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
}

function sizeTable(sizes: readonly Size[]): string {
  return table(
    ['', 'bytes per file', 'rows per page'],
    sizes.map(({ name, bytesPerFile, rowsPerPage }) => [
      name,
      bytesPerFile.toFixed(0),
      rowsPerPage === null ? '' : rowsPerPage.toFixed(1),
    ]),
  )
}

function loadTable(samples: ReadonlyMap<string, readonly Sample[]>): string {
  return table(
    ['', 'registers/s', 'min–max', 'CPU s per 1,000', 'WAL bytes each', 'full-page images each'],
    [...samples].map(([name, all]) => {
      const { perSecond, cpuSecondsPer1000, walBytesEach, pageImagesEach } = medians(all)
      const rates = summarize(all.map((one) => one.perSecond))
      return [
        name,
        perSecond.toFixed(0),
        `${rates.min.toFixed(0)}–${rates.max.toFixed(0)}`,
        cpuSecondsPer1000.toFixed(2),
        walBytesEach.toFixed(0),
        pageImagesEach.toFixed(2),
      ]
    }),
  )
}

function medians(samples: readonly Sample[]): Sample {
  const median = (of: (sample: Sample) => number) => summarize(samples.map(of)).median
  return {
    perSecond: median((one) => one.perSecond),
    cpuSecondsPer1000: median((one) => one.cpuSecondsPer1000),
    walBytesEach: median((one) => one.walBytesEach),
    pageImagesEach: median((one) => one.pageImagesEach),
  }
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(
    headings.map((heading, index) => ({ heading, align: index === 0 ? 'left' : 'right' })),
    rows,
  )
}
