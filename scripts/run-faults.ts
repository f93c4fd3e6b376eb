// Runs the searches for faults in their long form, one after the other, each bounded in time, and prints a table of
// their figures. `npm test` has a short sample of each. `npm run faults -- --help` says what each one is.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

interface Search {
  readonly name: string
  /** Help text: the work of the search and the faults that it finds. */
  readonly about: string
  readonly files: readonly string[]
  /** Sizes of the long form, by the environment variable that the tests read each from; multiplied by the share. */
  readonly counts: Readonly<Record<string, number>>
  /** Distances between two tries, by the same kind of variable; divided by the share. */
  readonly distances?: Readonly<Record<string, number>>
  readonly maxMinutes: number
}

const SERVER_TESTS = 'packages/server/test'

const SEARCHES: readonly Search[] = [
  {
    name: 'model',
    about:
      'Plays random sequences of requests of every upload protocol, cut connections and restarts against the service, on disk and in memory, and compares each answer and every stored byte with a model of the protocols.',
    files: ['model/*.test.ts'],
    // Each file, on disk and in memory, plays so many.
    counts: { MODEL_RUNS: 50_000, MODEL_SECONDS: 3000 },
    maxMinutes: 110,
  },
  {
    name: 'kills',
    about:
      'Ends the server with SIGKILL in the middle of requests, sweeps and first starts, and ends or cuts off its PostgreSQL. Everything acknowledged must be there afterwards, and nothing else.',
    files: [
      'faults/kill-loop/*.test.ts',
      'faults/kill-nine.process.test.ts',
      'faults/killed-parts.process.test.ts',
    ],
    counts: {
      KILL_ROUNDS: 200,
      KILL_FIRST_STARTS: 100,
      LOST_DATABASE_ROUNDS: 200,
      KILL_NINE_ROUNDS: 20,
      KILL_PARTS_ROUNDS: 300,
    },
    maxMinutes: 80,
  },
  {
    name: 's3-storage',
    about:
      'Stores bytes on two S3 servers, makes every request of an upload fail or lose its response, and ends the service with SIGKILL. No acknowledged byte may be lost.',
    files: ['clients/s3-storage/*.clients.test.ts'],
    counts: { S3_FAULT_POINTS: 200, KILL_NINE_ROUNDS: 10 },
    maxMinutes: 60,
  },
  {
    name: 'processes',
    about:
      'Stops one of two processes of an installation while it takes an upload, lets the other one go on, and wakes the first. The one that slept must not write a byte.',
    files: ['faults/other-process.process.test.ts'],
    counts: { STOP_ROUNDS: 500 },
    maxMinutes: 20,
  },
  {
    name: 'abuse',
    about:
      'Sends spoiled requests of every operation, opens very many sessions, and holds slow connections and slow bodies of every kind. No fault, no crash, no leak, nothing left behind.',
    files: ['abuse/*.test.ts'],
    counts: {
      ABUSE_REQUESTS: 1_000_000,
      ABUSE_SESSIONS: 10_000,
      ABUSE_SLOW: 500,
      ABUSE_SLOW_ROUNDS: 2,
      ABUSE_UPLOADS: 250,
      ABUSE_EACH_KIND: 14,
    },
    maxMinutes: 90,
  },
  {
    name: 'memory',
    about:
      'Sends one very large file, and very many files at once, and holds the process to its memory limit.',
    files: ['faults/memory.process.test.ts'],
    counts: { MEMORY_FILE_BYTES: 2_000_000_000, MEMORY_UPLOADS: 256 },
    maxMinutes: 10,
  },
  {
    name: 'power',
    about:
      'Runs the disk storage on a model of a disk and cuts its power at every point of random workloads. Then leaves out each sync of the storage, which must lose something.',
    files: ['power/*.test.ts'],
    counts: { POWER_SEEDS: 400, POWER_REQUESTS: 150 },
    maxMinutes: 90,
  },
  {
    name: 'io',
    about:
      'Fails each call of the disk with each error that it can meet, once and for good, under the storage, under the whole service and in a first start, and fails writes of the database.',
    files: ['io-faults/*.test.ts'],
    counts: { DATABASE_FAULTS: 48 },
    distances: { IO_FAULT_EVERY: 1 },
    maxMinutes: 40,
  },
  {
    name: 'indexing',
    about:
      'Ends the server with SIGKILL at every step of the indexing of a file, fills its disk, and damages index files. Every file must end, and be found once.',
    files: ['vector-stores/*.process.test.ts', 'faults/disk-full-indexing.process.test.ts'],
    counts: { INDEXING_KILLS: 40 },
    maxMinutes: 60,
  },
  {
    name: 'events',
    about:
      'Ends the server with SIGKILL at every step from a change to the recorded delivery of its event, on both databases, and kills or cuts off its PostgreSQL while files change. Every change has one event, every event is delivered, and repeats have the same id. Then lets 100 of 1,000 webhooks hang, and measures the others.',
    files: ['events/*.process.test.ts'],
    counts: { EVENT_KILLS: 1, EVENT_ROUNDS: 60, EVENT_ENDPOINTS: 1000 },
    maxMinutes: 60,
  },
  {
    name: 'bits',
    about: 'Flips random bits of stored objects. No read may serve one, and a scrub must find each.',
    files: ['jobs/scrub.process.test.ts'],
    counts: { FAULT_FLIPS: 1000 },
    maxMinutes: 20,
  },
]

const HELP = `Runs the searches for faults in their long form: npm run faults -- [share] [search...]

  share     how much of the long form to run, a number above 0; 1 when it is left out
  search    which ones to run; all when none is named

A failure prints the seed that plays it again.

${SEARCHES.map(({ name, about, counts, distances, maxMinutes }) => {
  const sizes = Object.entries({ ...counts, ...distances }).map(([variable, size]) => `${variable}=${size}`)
  return `${name} (up to ${maxMinutes} minutes)\n  ${about}\n  ${sizes.join(' ')}\n`
}).join('\n')}`

/** Lines in which the tests report their figures, and the columns for their numbers. */
const FIGURES = /^[a-z][^:]*: \d+ [a-z]/
const COLUMNS: Readonly<Record<string, RegExp>> = {
  rounds: /(\d+) (?:rounds|runs)\b/,
  points: /(\d+) (?:points|requests|open sessions|slow connections)\b/,
  faults: /(\d+) (?:faults|differences)\b/,
  losses: /(\d+) (?:losses|files left behind)\b/,
}

/** Starts PostgreSQL. Tests that need it are skipped where it cannot be started. */
const WITH_POSTGRES = '--test-global-setup=packages/server/test/postgres/global-setup.ts'

const MIN_MINUTES = 15
/** Time that the test runner needs to end tests whose time is over. */
const ENDING_MS = 60_000

interface Result {
  readonly search: Search
  readonly isGood: boolean
  readonly minutes: number
  readonly figures: readonly string[]
}

/** The environment that gives the tests their sizes. */
function sizesOf({ counts, distances = {} }: Search, share: number): Record<string, string> {
  const multiplied = Object.entries(counts).map(([name, count]) => [name, Math.ceil(count * share)] as const)
  const divided = Object.entries(distances).map(([name, one]) => [name, Math.ceil(one / share)] as const)
  return Object.fromEntries([...multiplied, ...divided].map(([name, size]) => [name, String(size)]))
}

async function runSearch(search: Search, share: number): Promise<Result> {
  const limitMs = Math.max(search.maxMinutes * share, MIN_MINUTES) * 60_000
  const files = search.files.map((file) => `${SERVER_TESTS}/${file}`)
  const options = ['--test', WITH_POSTGRES, '--test-concurrency=1', `--test-timeout=${limitMs}`]
  const begunMs = performance.now()
  const child = spawn(process.execPath, [...options, ...files], {
    env: { ...process.env, ...sizesOf(search, share) },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that the servers that it starts can be ended with it.
    detached: true,
  })
  const { pid = 0 } = child
  const killing = setTimeout(() => process.kill(-pid, 'SIGKILL'), limitMs + ENDING_MS)
  const ended = new Promise<boolean>((resolve) => child.on('close', (code) => resolve(code === 0)))
  const figures: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line)
    if (FIGURES.test(line)) figures.push(line)
  }
  const isGood = await ended
  clearTimeout(killing)
  return { search, isGood, minutes: (performance.now() - begunMs) / 60_000, figures }
}

function rowsOf({ search, isGood, minutes, figures }: Result) {
  const outcome = { minutes: minutes.toFixed(1), result: isGood ? 'good' : 'FAILED' }
  if (figures.length === 0) return [{ search: search.name, ...outcome }]
  return figures.map((line) => {
    const numbers = Object.entries(COLUMNS).map(([column, form]) => [column, form.exec(line)?.[1] ?? ''])
    const name = line.slice(0, line.indexOf(':'))
    return { search: search.name, part: name, ...Object.fromEntries(numbers), ...outcome }
  })
}

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
})
if (values.help) {
  console.log(HELP)
  process.exit()
}
const names = positionals.filter((text) => Number.isNaN(Number(text)))
const [share = 1, ...more] = positionals.map(Number).filter((one) => !Number.isNaN(one))
const unknown = names.filter((name) => SEARCHES.every((search) => search.name !== name))
if (!(share > 0) || more.length > 0 || unknown.length > 0) {
  console.error(`"${positionals.join(' ')}" is not a share above 0 and names of searches.\n\n${HELP}`)
  process.exit(2)
}

const chosen = SEARCHES.filter(({ name }) => names.length === 0 || names.includes(name))
const results: Result[] = []
for (const search of chosen) results.push(await runSearch(search, share))
console.log()
for (const { figures } of results) for (const line of figures) console.log(line)
console.table(results.flatMap(rowsOf))
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1
