// Runs the formatter, the linter, the type checker and the import rules beside each other, and prints the output of
// those that fail. `npm run check -- types` runs the checks whose names begin with "types".
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'

const TSC = ['node', 'node_modules/@typescript/native/bin/tsc', '--noEmit']

/** Slowest first, so that the short ones fill the gaps. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  imports: ['depcruise', '--config', '.dependency-cruiser.js', 'packages', 'examples'],
  types: TSC,
  lint: ['biome', 'ci', '.'],
  'types of the console': [...TSC, '-p', 'packages/console'],
  'types of the console tests': [...TSC, '-p', 'packages/console/test'],
  'types of the examples': [...TSC, '-p', 'examples/web-upload'],
  'types of the reference': [...TSC, '-p', 'packages/reference'],
}

const PATH = `node_modules/.bin:${process.env.PATH}`

/** Returns true where the program exits with 0. */
function run(name: string, [program = '', ...args]: readonly string[]): Promise<boolean> {
  const begunMs = performance.now()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  execFile(
    program,
    args,
    { env: { ...process.env, PATH }, maxBuffer: 64 * 1024 * 1024 },
    (error, out, err) => {
      const seconds = ((performance.now() - begunMs) / 1000).toFixed(1)
      console.log(`${error ? 'FAILED' : 'good'}  ${name} (${seconds} s)`)
      if (error) console.log(`${out}${err}${typeof error.code === 'string' ? error.message : ''}`)
      resolve(error === null)
    },
  )
  return promise
}

const wanted = process.argv[2] ?? ''
const queue = Object.entries(CHECKS).filter(([name]) => name.startsWith(wanted))
if (queue.length === 0) throw new Error(`no check is named "${wanted}": ${Object.keys(CHECKS).join(', ')}`)

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (!(await run(...next))) process.exitCode = 1
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work))
