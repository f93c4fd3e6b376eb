import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { access as canAccess, copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createRandomFile, createScratchFolder, MIB } from '../random-file.ts'
import { missingProgram } from '../run-program.ts'
import { run } from './command-line.ts'
import { describeAccess } from './describe-access.ts'
import { readTree } from './file-tree.ts'

/** Returns the reason to skip the tests, else false. */
async function missing(): Promise<string | false> {
  const hasFuse = await canAccess('/dev/fuse').then(
    () => true,
    () => false,
  )
  return hasFuse ? missingProgram('s3fs') : 'FUSE is not available'
}

describeAccess('s3fs', await missing(), ({ access }) => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let mounted: string
  const bucket = `s3fs-${randomUUID()}`

  before(async () => {
    folder = await createScratchFolder()
    mounted = join(folder.path, 'mounted')
    await mkdir(mounted)
    const { endpoint, accessKeyId, secretAccessKey } = access()
    const credentials = { accessKeyId, secretAccessKey }
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    client.destroy()
    const passwords = join(folder.path, 'passwd')
    await writeFile(passwords, `${accessKeyId}:${secretAccessKey}`, { mode: 0o600 })
    const options = [
      'use_path_request_style',
      `url=${endpoint}`,
      `passwd_file=${passwords}`,
      'sigv4',
      'multipart_size=5',
      'retries=1',
    ]
    await run('s3fs', [bucket, mounted, ...options.flatMap((option) => ['-o', option])])
  })
  after(async () => {
    await run('fusermount', ['-u', mounted])
    await folder.remove()
  })

  it('is a file system: files are written, renamed and read', async () => {
    const { path } = await createRandomFile(folder.path, 'large', 12 * MIB + 1)
    await mkdir(join(mounted, 'a b'))
    await writeFile(join(mounted, 'a b', 'größe.txt'), 'first')
    await writeFile(join(mounted, 'a b', 'größe.txt'), 'second')
    await copyFile(path, join(mounted, 'a b', 'copying'))
    await rename(join(mounted, 'a b', 'copying'), join(mounted, 'large.bin'))
    const tree = await readTree(mounted)
    const sent = await readTree(folder.path)
    assert.deepEqual(Object.keys(tree), ['a b/größe.txt', 'large.bin'])
    assert.equal(tree['large.bin'], sent['large.bin'])
    assert.equal((await stat(join(mounted, 'a b', 'größe.txt'))).size, 'second'.length)
    await rm(join(mounted, 'a b'), { recursive: true })
    assert.deepEqual(Object.keys(await readTree(mounted)), ['large.bin'])
  })
})
