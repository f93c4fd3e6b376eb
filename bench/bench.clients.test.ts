import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Results } from './report/results-page.ts'
import { WORKS } from './works/works.ts'

const BENCH = fileURLToPath(new URL('bench.ts', import.meta.url))
/** A quick run installs and starts every peer, which takes minutes under load. */
const TIMEOUT_MS = 600_000
const isCompilerThere = spawnSync('cc', ['--version']).status === 0

const options = { skip: !isCompilerThere && 'there is no C compiler (cc)', timeout: TIMEOUT_MS }

describe('a quick run of the bench', options, () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'))
    await promisify(execFile)(process.execPath, [BENCH, '--quick', '--out', folder, '--data', folder])
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('measures every work, each contestant in every round', async () => {
    const { works }: Results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))
    for (const { id } of WORKS) {
      const work = works.find((one) => one.id === id)
      if (work?.method.startsWith('Not measured')) continue
      assert.ok(work && work.measured.length > 0, `${id} has results`)
      for (const { name, values } of work.measured) {
        assert.ok(
          values.length > 0 && values.every((value) => Number.isFinite(value) && value >= 0),
          `${id}, ${name}: ${values}`,
        )
      }
      assert.ok(work.goals.length > 0 || work.method.includes('is not installed'), `${id} has goals`)
    }
  })

  it('writes a page and a chart for each, and leaves nothing else behind', async () => {
    const { works }: Results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))
    const charts = works.map(({ id }) => `${id}.svg`)
    assert.deepEqual((await readdir(join(folder, 'charts'))).toSorted(), charts.toSorted())
    assert.deepEqual((await readdir(folder)).toSorted(), ['RESULTS.md', 'charts', 'results.json'])
  })
})
