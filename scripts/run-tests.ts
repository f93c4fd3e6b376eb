// Runs the tests of one kind, by the ending of a file's name; docs/decisions/018-test-loop.md describes the kinds.
//   node scripts/run-tests.ts fast|all|clients|postgres|watch [path…]   only the files below these paths
//   node scripts/run-tests.ts changed [revision]                         what has changed since (default HEAD)
import { execFileSync, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

const PROCESS = /\.process\.test\.ts$/
const CLIENTS = /\.clients\.test\.ts$/
/** Suites of the API in process; each starts the service on the database of TEST_DATABASE. */
const API = /^packages\/server\/test\/(api|protocol|s3|security)\//
/** Without the search index, whose threads take seconds to start. */
const UNIT = /^packages\/[^/]+\/src\/(?!knowledge\/sqlite-index\/)/
/** Without the suites that wait for the indexing of files. */
const API_IN_PROCESS = /^packages\/server\/test\/(api|openapi)\/(?!vector-stores-(files|search))/
/** Suites in process that share a process, which loads the service once: that halves their cost. */
const SHARED: readonly RegExp[] = [
  UNIT,
  API_IN_PROCESS,
  /^packages\/server\/test\/protocol\//,
  /^packages\/server\/test\/security\//,
]

interface Kind {
  readonly has: (path: string) => boolean
  /** `shared`: the tests find a server that they may use. `everywhere`: the service is on it in every suite. */
  readonly postgres?: 'shared' | 'everywhere'
  readonly isWatching?: boolean
  /** More options of Node's test runner. */
  readonly options?: readonly string[]
  /** Time limit of a test and of a file, which ends a hanging one also on a machine that is busy with other work. */
  readonly timeoutMs?: number
}

const isInProcess = (path: string) => !PROCESS.test(path) && !CLIENTS.test(path)
/** The tests beside the source and the suite of the API: what a change breaks first, in less than a minute. */
const isFast = (path: string) => isInProcess(path) && (UNIT.test(path) || API_IN_PROCESS.test(path))

const POSTGRES_SERVER = '--test-global-setup=packages/server/test/postgres/global-setup.ts'
const BROWSER = '--test-global-setup=packages/console/test/global-setup.ts'
const TIMEOUT_MS = 600_000
/** Longer than the limit of a suite in a browser, which is 600 s, so that its own failure is what is shown. */
const CLIENTS_TIMEOUT_MS = 900_000
const MIN_CONCURRENCY = 2

const KINDS: Readonly<Record<string, Kind>> = {
  fast: { has: isFast },
  all: { has: (path) => !CLIENTS.test(path), postgres: 'shared' },
  clients: { has: (path) => CLIENTS.test(path), options: [BROWSER], timeoutMs: CLIENTS_TIMEOUT_MS },
  postgres: { has: (path) => isInProcess(path) && API.test(path), postgres: 'everywhere' },
  watch: { has: isFast, isWatching: true },
  changed: { has: (path) => !CLIENTS.test(path), postgres: 'shared' },
}

function testFiles(): string[] {
  const exclude = (name: string) => name.includes('node_modules')
  return globSync(['packages/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'], {
    exclude,
  }).sort()
}

/** Returns the files that have changed since the revision in Git, and those that import them. */
function affectedFiles(revision: string): Set<string> {
  const options = ['--config', '.dependency-cruiser.js', '--affected', revision, '--output-type', 'json']
  const json = execFileSync('node_modules/.bin/depcruise', [...options, 'packages', 'bench', 'examples'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  const { modules } = JSON.parse(json) as { modules: { source: string }[] }
  return new Set(modules.map(({ source }) => source))
}

function choose(name: string, kind: Kind, args: readonly string[]): string[] {
  const files = testFiles().filter(kind.has)
  if (name === 'changed') {
    const affected = affectedFiles(args[0] ?? 'HEAD')
    return files.filter((path) => affected.has(path))
  }
  return args.length === 0 ? files : files.filter((path) => args.some((arg) => path.startsWith(arg)))
}

/** Runs the files and returns true where all tests pass. Output that is kept back appears at the end. */
function runNode(
  options: readonly string[],
  files: readonly string[],
  isKeptBack: boolean,
): Promise<boolean> {
  const env = {
    // Parsing the service and its libraries is most of what a short test costs.
    NODE_COMPILE_CACHE: resolve('node_modules/.cache/node'),
    ...process.env,
  }
  const child = spawn(process.execPath, ['--test', ...options, ...files], {
    env,
    stdio: ['inherit', isKeptBack ? 'pipe' : 'inherit', 'inherit'],
  })
  const output: Buffer[] = []
  child.stdout?.on('data', (bytes: Buffer) => output.push(bytes))
  return new Promise((done) => {
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output))
      done(code === 0)
    })
  })
}

/** Runs what shares a process, all groups side by side, and then each other file in a process of its own. */
async function runTests(kind: Kind, files: readonly string[]): Promise<boolean> {
  const { postgres, isWatching = false, timeoutMs = TIMEOUT_MS } = kind
  const timeout = `--test-timeout=${timeoutMs}`
  if (postgres === 'everywhere')
    Object.assign(process.env, { TEST_DATABASE: 'postgres', TEST_STORAGE: 'disk' })
  const groups = SHARED.map((group) =>
    files.filter((path) => isInProcess(path) && !isWatching && group.test(path)),
  )
  const sharedOptions = [
    timeout,
    '--test-isolation=none',
    ...(postgres === 'everywhere' ? [POSTGRES_SERVER] : []),
  ]
  const results = await Promise.all(
    groups.filter((group) => group.length > 0).map((group) => runNode(sharedOptions, group, true)),
  )
  const rest = files.filter((path) => !groups.some((group) => group.includes(path)))
  const concurrency = Math.max(availableParallelism(), MIN_CONCURRENCY)
  const options = [
    timeout,
    ...(kind.options ?? []),
    `--test-concurrency=${concurrency}`,
    // A program that a failed test has left running would keep its file from ending, and the run with it.
    ...(isWatching ? [] : ['--test-force-exit']),
    ...(postgres === undefined ? [] : [POSTGRES_SERVER]),
    ...(isWatching ? ['--watch'] : []),
  ]
  if (rest.length > 0) results.push(await runNode(options, rest, false))
  return results.every(Boolean)
}

const [name = '', ...args] = process.argv.slice(2)
const kind = KINDS[name]
if (!kind) throw new Error(`"${name}" is none of ${Object.keys(KINDS).join(', ')}`)
const files = choose(name, kind, args)
if (files.length === 0) console.log('no test file is concerned')
else if (!(await runTests(kind, files))) process.exitCode = 1
