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
const API = /^packages\/server\/test\/(api|protocol|security)\//

interface Kind {
  readonly has: (path: string) => boolean
  /** Needs the PostgreSQL server that the tests share. */
  readonly isOnPostgres?: boolean
  readonly options?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const isFast = (path: string) => !PROCESS.test(path) && !CLIENTS.test(path)

const KINDS: Readonly<Record<string, Kind>> = {
  fast: { has: isFast },
  all: { has: (path) => !CLIENTS.test(path), isOnPostgres: true },
  clients: { has: (path) => CLIENTS.test(path), isOnPostgres: true },
  postgres: {
    has: (path) => isFast(path) && API.test(path),
    isOnPostgres: true,
    environment: { TEST_DATABASE: 'postgres' },
  },
  watch: { has: isFast, options: ['--watch'] },
  changed: { has: (path) => !CLIENTS.test(path), isOnPostgres: true },
}

const POSTGRES_SETUP = '--test-global-setup=packages/server/test/postgres/global-setup.ts'
/** The limit of a file. It ends a hanging test, also on a machine that is busy with other work. */
const TIMEOUT_MS = 300_000
const MIN_CONCURRENCY = 2

function testFiles(): string[] {
  const exclude = (name: string) => name.includes('node_modules')
  return globSync(['packages/**/*.test.ts', 'bench/**/*.test.ts'], { exclude }).sort()
}

/** Returns the files that have changed since the revision in Git, and those that import them. */
function affectedFiles(revision: string): Set<string> {
  const options = ['--config', '.dependency-cruiser.js', '--affected', revision, '--output-type', 'json']
  const json = execFileSync('node_modules/.bin/depcruise', [...options, 'packages', 'bench'], {
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

function runTests({ isOnPostgres = false, options = [], environment = {} }: Kind, files: string[]): void {
  const concurrency = Math.max(availableParallelism(), MIN_CONCURRENCY)
  const all = [
    '--test',
    `--test-timeout=${TIMEOUT_MS}`,
    `--test-concurrency=${concurrency}`,
    ...(isOnPostgres ? [POSTGRES_SETUP] : []),
    ...options,
  ]
  const env = {
    // Parsing the service and its libraries is most of what a short test costs.
    NODE_COMPILE_CACHE: resolve('node_modules/.cache/node'),
    ...process.env,
    ...environment,
  }
  const child = spawn(process.execPath, [...all, ...files], { env, stdio: 'inherit' })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}

const [name = '', ...args] = process.argv.slice(2)
const kind = KINDS[name]
if (!kind) throw new Error(`"${name}" is none of ${Object.keys(KINDS).join(', ')}`)
const files = choose(name, kind, args)
if (files.length === 0) console.log('no test file is concerned')
else runTests(kind, files)
