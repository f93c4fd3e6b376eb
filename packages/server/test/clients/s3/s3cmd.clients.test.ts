import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { createRandomFile, createScratchFolder, MIB } from '../random-file.ts'
import { missingProgram } from '../run-program.ts'
import { run } from './command-line.ts'
import { describeAccess } from './describe-access.ts'
import { createTree, readTree } from './file-tree.ts'

describeAccess('s3cmd', await missingProgram('s3cmd'), ({ access }) => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  const bucket = `s3cmd-${randomUUID()}`
  const s3cmd = (...args: string[]) => run('s3cmd', ['-c', join(folder.path, 's3cfg'), ...args])

  before(async () => {
    folder = await createScratchFolder()
    const { endpoint, accessKeyId, secretAccessKey } = access()
    const { host } = new URL(endpoint)
    const settings = {
      access_key: accessKeyId,
      secret_key: secretAccessKey,
      host_base: host,
      host_bucket: host,
      use_https: 'False',
      multipart_chunk_size_mb: 5,
      max_retries: 1,
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
    await writeFile(join(folder.path, 's3cfg'), ['[default]', ...lines, ''].join('\n'))
    await s3cmd('mb', `s3://${bucket}`)
  })
  after(() => folder?.remove())

  it('synchronizes folders in both directions', async () => {
    const [local, again] = [join(folder.path, 'local'), join(folder.path, 'again')]
    await createTree(local)
    await createRandomFile(local, 'large', 12 * MIB + 1)
    await s3cmd('sync', `${local}/`, `s3://${bucket}/tree/`)
    await s3cmd('sync', `s3://${bucket}/tree/`, `${again}/`)
    assert.deepEqual(await readTree(again), await readTree(local))
    assert.equal(await s3cmd('sync', `${local}/`, `s3://${bucket}/tree/`), '')
  })

  it('lists, describes, copies and deletes', async () => {
    assert.match(await s3cmd('ls', `s3://${bucket}/tree/`), /DIR +s3:\S+tree\/größe\//)
    await s3cmd('cp', `s3://${bucket}/tree/plain.txt`, `s3://${bucket}/copy`)
    assert.match(await s3cmd('info', `s3://${bucket}/copy`), /File size: +20\n/)
    await s3cmd('rm', '--recursive', '--force', `s3://${bucket}/`)
    await s3cmd('rb', `s3://${bucket}`)
  })
})
