// Runs the suites that look for faults in their long modes, one after the other, each bounded in time, and prints a
// table of their figures. `npm run faults -- 0.1` runs a tenth of each.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

interface Suite {
  readonly name: string
  readonly files: string
  /** How much of everything in the long mode, by the variable that the suite reads it from. */
  readonly counts: Readonly<Record<string, number>>
  readonly maxMinutes: number
}

const SUITES: readonly Suite[] = [
  {
    name: 'protocol model',
    files: 'packages/server/test/model/*.test.ts',
    // On disk and in memory so many each.
    counts: { MODEL_RUNS: 50_000, MODEL_SECONDS: 3000 },
    maxMinutes: 110,
  },
  {
    name: 'kill -9 and lost databases',
    files: 'packages/server/test/faults/kill-loop/*.test.ts',
    counts: { KILL_ROUNDS: 200, KILL_FIRST_STARTS: 100, LOST_DATABASE_ROUNDS: 200 },
    maxMinutes: 70,
  },
  {
    name: 'two processes',
    files: 'packages/server/test/faults/other-process.test.ts',
    counts: { STOP_ROUNDS: 500 },
    maxMinutes: 20,
  },
  {
    name: 'load and abuse',
    files: 'packages/server/test/abuse/*.test.ts',
    counts: {
      ABUSE_REQUESTS: 1_000_000,
      ABUSE_SESSIONS: 10_000,
      ABUSE_SLOW: 500,
      ABUSE_UPLOADS: 250,
      ABUSE_EACH_KIND: 1,
    },
    maxMinutes: 90,
  },
  {
    name: 'power cuts',
    files: 'packages/server/test/power/*.test.ts',
    counts: { POWER_SEEDS: 400, POWER_REQUESTS: 150 },
    maxMinutes: 90,
  },
  {
    name: 'I/O faults',
    files: 'packages/server/test/io-faults/*.test.ts',
    counts: { IO_FAULT_EVERY: 1 },
    maxMinutes: 20,
  },
  {
    name: 'flipped bits',
    files: 'packages/server/test/jobs/scrub.test.ts',
    counts: { FAULT_FLIPS: 1000 },
    maxMinutes: 20,
  },
]

/** The lines in which the suites say what they did, and the columns that their numbers go to. */
const FIGURES = /^[a-z][^:]*: \d+ [a-z]/
const COLUMNS: Readonly<Record<string, RegExp>> = {
  rounds: /(\d+) (?:rounds|runs)\b/,
  points: /(\d+) (?:points|requests|open sessions|slow connections)\b/,
  faults: /(\d+) (?:faults|differences)\b/,
  losses: /(\d+) (?:losses|files left behind)\b/,
}

/** Where it can be started; the suites on PostgreSQL are skipped otherwise. */
const WITH_POSTGRES = '--test-global-setup=packages/server/test/postgres/global-setup.ts'

const MIN_MINUTES = 5
/** What the test runner itself needs to end the tests whose time is over. */
const ENDING_MS = 60_000

interface Result {
  readonly suite: Suite
  readonly isGood: boolean
  readonly minutes: number
  readonly figures: readonly string[]
}

async function runSuite(suite: Suite, share: number): Promise<Result> {
  const limitMs = Math.max(suite.maxMinutes * share, MIN_MINUTES) * 60_000
  const counts = Object.entries(suite.counts).map(([name, count]) => [name, String(Math.ceil(count * share))])
  const options = ['--test', WITH_POSTGRES, '--test-concurrency=1', `--test-timeout=${limitMs}`]
  const begunMs = performance.now()
  const child = spawn(process.execPath, [...options, suite.files], {
    env: { ...process.env, ...Object.fromEntries(counts) },
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
  return { suite, isGood, minutes: (performance.now() - begunMs) / 60_000, figures }
}

function rowsOf({ suite, isGood, minutes, figures }: Result) {
  const outcome = { minutes: minutes.toFixed(1), result: isGood ? 'good' : 'FAILED' }
  if (figures.length === 0) return [{ suite: suite.name, ...outcome }]
  return figures.map((line) => {
    const numbers = Object.entries(COLUMNS).map(([column, form]) => [column, form.exec(line)?.[1] ?? ''])
    const name = line.slice(0, line.indexOf(':'))
    return { suite: suite.name, part: name, ...Object.fromEntries(numbers), ...outcome }
  })
}

const share = Number(process.argv[2] ?? 1)
if (!(share > 0))
  throw new Error(`how much of each suite to run is a number above 0, and not «${process.argv[2]}»`)
const results: Result[] = []
for (const suite of SUITES) results.push(await runSuite(suite, share))
console.log()
for (const { figures } of results) for (const line of figures) console.log(line)
console.table(results.flatMap(rowsOf))
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1
