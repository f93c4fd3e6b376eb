// Compares the start of this checkout with that of another one, in time and in processor time, which other programs on the
// machine disturb less. Usage: node bench/compare-start.ts --base DIRECTORY [--rounds N]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { alternate, type Contestant } from './alternate.ts'
import { buildCheckout, THIS_CHECKOUT } from './checkout.ts'
import { summarize } from './statistics.ts'
import { createInstallation, type Installation, serveInstallation } from './waybill.ts'

interface Start {
  /** Time from the start of the process to its first answer. */
  readonly wallMs: number
  readonly cpuMs: number
}

/** Starts the program of a checkout with an installation, and asks for its health once. */
async function measureStart(checkout: string, installation: Installation): Promise<Start> {
  process.env.BENCH_CHECKOUT = checkout
  const startMs = performance.now()
  const { url, process: server } = await serveInstallation(installation)
  try {
    const answer = await fetch(`${url}/v1/health`)
    if (answer.status !== 200) throw new Error(`health answered ${answer.status}`)
    return { wallMs: performance.now() - startMs, cpuMs: (await server.cpuSeconds()) * 1000 }
  } finally {
    await server.stop()
  }
}

const { values } = parseArgs({
  options: { base: { type: 'string' }, rounds: { type: 'string', default: '15' } },
})
if (values.base === undefined)
  throw new Error('--base must name another checkout, with its packages installed')
const checkouts = { base: resolve(values.base), head: THIS_CHECKOUT }
const directory = await mkdtemp(join(tmpdir(), 'waybill-start-'))
try {
  const sides: Contestant<Start>[] = []
  for (const [name, checkout] of Object.entries(checkouts)) {
    process.env.BENCH_CHECKOUT = checkout
    await buildCheckout(checkout)
    const installation = await createInstallation(join(directory, name))
    sides.push({ name, measure: () => measureStart(checkout, installation) })
  }
  const samples = await alternate(Number(values.rounds), sides)
  console.log('| measure | base | head | head ÷ base |')
  console.log('| --- | ---: | ---: | ---: |')
  for (const [title, of] of [
    ['time (ms)', ({ wallMs }: Start) => wallMs],
    ['processor time (ms)', ({ cpuMs }: Start) => cpuMs],
  ] as const) {
    const [base = 0, head = 0] = [...samples.values()].map((starts) => summarize(starts.map(of)).median)
    console.log(`| ${title} | ${base.toFixed(0)} | ${head.toFixed(0)} | ${(head / base).toFixed(2)} |`)
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
