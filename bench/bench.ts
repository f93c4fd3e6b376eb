// Compares Waybill with other upload servers. Usage: node bench/bench.ts [--quick] [--only ID,ID] [--out DIRECTORY]
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildCheckout, THIS_CHECKOUT } from './checkout.ts'
import { compileLimit } from './limit.ts'
import { describeMachine } from './machine.ts'
import { NOTES } from './notes.ts'
import { FULL, QUICK } from './options.ts'
import { installPeers, startPeers } from './peers.ts'
import { resultsPage } from './report/results-page.ts'
import type { WorkResult } from './result.ts'
import { WORKS } from './works/works.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
    /** Folder for all data during the run, on the measured disk. */
    data: { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
  },
})
const only = values.only?.split(',') ?? WORKS.map(({ id }) => id)
const directory = await mkdtemp(join(values.data, '.run-'))

try {
  // Figures of a quick run say nothing, and tests may use the build at the same time.
  if (!values.quick) await buildCheckout(THIS_CHECKOUT)
  await installPeers()
  const bench = {
    directory,
    options: values.quick ? QUICK : FULL,
    limit: await compileLimit(directory),
    peers: await startPeers(directory),
  }
  const works: WorkResult[] = []
  for (const { id, measure } of WORKS.filter((work) => only.includes(work.id))) {
    console.log(`${id} …`)
    works.push(...(await measure(bench)))
  }
  const { peers } = bench
  for (const peer of [peers.tus, peers.uploadx, peers.nginx]) await peer?.process.stop()
  const results = {
    measuredAt: new Date().toISOString(),
    isQuick: values.quick,
    machine: await describeMachine(directory),
    works,
  }
  await mkdir(values.out, { recursive: true })
  await mkdir(join(values.out, 'charts'), { recursive: true })
  await writeFile(join(values.out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  for (const [name, text] of resultsPage(results, NOTES)) await writeFile(join(values.out, name), text)
} finally {
  await rm(directory, { recursive: true, force: true })
}
