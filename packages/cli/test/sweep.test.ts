import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const WAYBILL = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))
const STRAY = `3f${'0'.repeat(62)}.0123456789abcdef.segment`

describe('waybill sweep', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-cli-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const shard = () => join(folder, 'objects', '3f')
  const waybill = async (...args: string[]) => {
    const env = { ...process.env, DATA_DIR: folder }
    return (await promisify(execFile)(process.execPath, [WAYBILL, ...args], { env })).stdout
  }

  it('says that there is nothing to do', async () => {
    assert.equal(await waybill('sweep'), '0 findings, 0 old records deleted.\n')
    assert.equal(await waybill('sweep', '--json'), '[]\n')
  })

  it('says in a dry run what it would remove and why, one line each, and removes it in a real one', async () => {
    const reason = 'no record explains it, and it is more than a day old'
    await mkdir(shard(), { recursive: true })
    await writeFile(join(shard(), STRAY), 'bytes')
    const longAgo = new Date(2020, 0, 1)
    await utimes(join(shard(), STRAY), longAgo, longAgo)

    assert.equal(
      await waybill('sweep', '--dry-run'),
      `would remove  stray  "${STRAY}": ${reason}\n1 finding, nothing was changed.\n`,
    )
    assert.deepEqual(JSON.parse(await waybill('sweep', '--dry-run', '--json')), [
      { kind: 'stray', name: STRAY, reason, outcome: 'to-remove' },
    ])
    assert.deepEqual(await readdir(shard()), [STRAY])
    assert.equal(
      await waybill('sweep'),
      `removed  stray  "${STRAY}": ${reason}\n1 finding, 0 old records deleted.\n`,
    )
    assert.deepEqual(await readdir(shard()), [])
  })

  it('refuses a storage that only another process can see', async () => {
    const env = { ...process.env, DATA_DIR: folder, STORAGE_URL: 'memory:' }
    const swept = promisify(execFile)(process.execPath, [WAYBILL, 'sweep'], { env })
    await assert.rejects(swept, {
      code: 1,
      stderr: /^waybill: STORAGE_URL=memory: only the server itself can sweep/,
    })
  })
})
