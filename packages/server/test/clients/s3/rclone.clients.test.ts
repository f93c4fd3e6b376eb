import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { createRandomFile, createScratchFolder, MIB } from '../random-file.ts'
import { missingProgram } from '../run-program.ts'
import { run } from './command-line.ts'
import { describeAccess } from './describe-access.ts'
import { createTree, readTree } from './file-tree.ts'

describeAccess('rclone', await missingProgram('rclone'), ({ access }) => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let local: string
  const bucket = `rclone-${randomUUID()}`
  const rclone = (...args: string[]) => {
    const { endpoint, accessKeyId, secretAccessKey } = access()
    return run('rclone', args, {
      RCLONE_CONFIG: join(folder.path, 'none.conf'),
      RCLONE_CONFIG_WB_TYPE: 's3',
      RCLONE_CONFIG_WB_PROVIDER: 'Other',
      RCLONE_CONFIG_WB_ENDPOINT: endpoint,
      RCLONE_CONFIG_WB_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_WB_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_WB_CHUNK_SIZE: '5Mi',
      RCLONE_CONFIG_WB_UPLOAD_CUTOFF: '5Mi',
      RCLONE_RETRIES: '1',
      RCLONE_LOW_LEVEL_RETRIES: '1',
    })
  }

  before(async () => {
    folder = await createScratchFolder()
    local = join(folder.path, 'local')
    await createTree(local)
    await createRandomFile(local, 'large', 12 * MIB + 1)
  })
  after(() => folder?.remove())

  it('copies a tree into a new bucket, checks it by MD5, and copies it back', async () => {
    await rclone('copy', local, `wb:${bucket}/tree`)
    await rclone('check', local, `wb:${bucket}/tree`)
    const again = join(folder.path, 'again')
    await rclone('copy', `wb:${bucket}/tree`, again)
    assert.deepEqual(await readTree(again), await readTree(local))
  })

  it('keeps the times of files, so that a second copy sends nothing', async () => {
    const stats = await rclone('lsjson', '--recursive', '--files-only', `wb:${bucket}/tree`)
    await rclone('copy', local, `wb:${bucket}/tree`)
    assert.equal(await rclone('lsjson', '--recursive', '--files-only', `wb:${bucket}/tree`), stats)
  })

  it('moves inside the bucket, and purges', async () => {
    await rclone('move', `wb:${bucket}/tree`, `wb:${bucket}/moved/tree`)
    await rclone('check', local, `wb:${bucket}/moved/tree`)
    assert.equal(await rclone('lsf', `wb:${bucket}`), 'moved/\n')
    await rclone('purge', `wb:${bucket}`)
    assert.ok(!(await rclone('lsd', 'wb:')).includes(bucket))
  })
})
