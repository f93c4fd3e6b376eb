import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '../../server/src/compose/open-database.ts'
import { runInProcess } from './run-in-process.ts'

const ORPHAN = `3f${'0'.repeat(62)}.0123456789abcdef.segment`

describe('waybill sweep', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-cli-'))
    const database = await openDatabase({ kind: 'sqlite', path: join(folder, 'waybill.db') })
    await database.close()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const shard = () => join(folder, 'objects', '3f')
  const waybill = async (...args: string[]) => {
    const { code, stdout, stderr } = await runInProcess(args, { DATA_DIR: folder })
    assert.equal(code, 0, stderr)
    return stdout
  }

  it('says that there is nothing to do', async () => {
    assert.equal(await waybill('sweep'), '0 findings, 0 old records deleted.\n')
    assert.equal(await waybill('sweep', '--json'), '[]\n')
  })

  it('says in a dry run what it would remove and why, one line each, and removes it in a real one', async () => {
    const reason = 'no record explains it, and it is more than a day old'
    await mkdir(shard(), { recursive: true })
    await writeFile(join(shard(), ORPHAN), 'bytes')
    const longAgo = new Date(2020, 0, 1)
    await utimes(join(shard(), ORPHAN), longAgo, longAgo)

    assert.equal(
      await waybill('sweep', '--dry-run'),
      `would remove  orphan  "${ORPHAN}": ${reason}\n1 finding, nothing was changed.\n`,
    )
    assert.deepEqual(JSON.parse(await waybill('sweep', '--dry-run', '--json')), [
      { kind: 'orphan', name: ORPHAN, reason, outcome: 'to-remove' },
    ])
    assert.deepEqual(await readdir(shard()), [ORPHAN])
    assert.equal(await waybill('audit'), '\n')
    assert.equal(
      await waybill('sweep'),
      `removed  orphan  "${ORPHAN}": ${reason}\n1 finding, 0 old records deleted.\n`,
    )
    assert.deepEqual(await readdir(shard()), [])
    assert.match(
      await waybill('audit'),
      new RegExp(`^\\S+Z  -  operator  deleteOrphan  ${ORPHAN}  ok  -  ×1\n$`),
    )
  })

  it('refuses a storage that only another process can see', async () => {
    const { code, stderr } = await runInProcess(['sweep'], { DATA_DIR: folder, STORAGE_URL: 'memory:' })
    assert.equal(code, 1)
    assert.match(stderr, /^waybill: STORAGE_URL=memory: only the server itself can sweep/)
  })
})
