import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { createRandomFile, createScratchFolder, MIB } from '../random-file.ts'
import { missingProgram } from '../run-program.ts'
import { run } from './command-line.ts'
import { describeAccess } from './describe-access.ts'
import { createTree, readTree } from './file-tree.ts'

/** The program in PATH, and that of the system, which may be another version. */
for (const program of ['aws', '/usr/bin/aws']) {
  describeAccess(`The AWS CLI as ${program}`, await missingProgram(program), ({ access }) => {
    let folder: Awaited<ReturnType<typeof createScratchFolder>>
    const bucket = `cli-${randomUUID()}`
    const aws = (...args: string[]) => {
      const { endpoint, accessKeyId, secretAccessKey } = access()
      return run(program, ['--endpoint-url', endpoint, '--no-cli-pager', ...args].filter(isKnown), {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
      })
    }
    /** Version 1 has no pager. */
    const isKnown = (arg: string) => program !== 'aws' || arg !== '--no-cli-pager'

    before(async () => {
      folder = await createScratchFolder()
      await aws('s3', 'mb', `s3://${bucket}`)
    })
    after(() => folder?.remove())

    it('uploads a large file in parts, copies, moves and downloads it', async () => {
      const { path } = await createRandomFile(folder.path, 'large', 20 * MIB + 3)
      const remote = `s3://${bucket}/large files/ü.bin`
      await aws('s3', 'cp', path, remote)
      await aws('s3', 'cp', remote, `s3://${bucket}/copy`)
      await aws('s3', 'mv', `s3://${bucket}/copy`, `s3://${bucket}/moved`)
      const target = join(folder.path, 'large-again', 'large.bin')
      await aws('s3', 'cp', `s3://${bucket}/moved`, target)
      await rename(path, join(folder.path, 'large-sent.bin'))
      const tree = await readTree(folder.path)
      assert.equal(tree['large-again/large.bin'], tree['large-sent.bin'])
    })

    it('synchronizes folders in both directions, and deletes', async () => {
      const [local, again] = [join(folder.path, 'local'), join(folder.path, 'again')]
      await createTree(local)
      await aws('s3', 'sync', local, `s3://${bucket}/tree`)
      assert.equal(await aws('s3', 'sync', local, `s3://${bucket}/tree`), '')
      await aws('s3', 'sync', `s3://${bucket}/tree`, again)
      assert.deepEqual(await readTree(again), await readTree(local))
      await rm(join(local, 'plain.txt'))
      assert.match(
        await aws('s3', 'sync', '--delete', local, `s3://${bucket}/tree`),
        /^delete: \S+plain\.txt/m,
      )
      const listed = await aws('s3', 'ls', `s3://${bucket}/tree/`)
      assert.match(listed, /PRE größe\//)
      assert.ok(!listed.includes('plain.txt'))
    })

    it('calls the API', async () => {
      const { path } = await createRandomFile(folder.path, 'small', 1000)
      const place = ['--bucket', bucket, '--key', 'api']
      await aws('s3api', 'put-object', ...place, '--body', path, '--metadata', 'a=b')
      const head = JSON.parse(await aws('s3api', 'head-object', ...place))
      assert.deepEqual([head.ContentLength, head.Metadata], [1000, { a: 'b' }])
      const { LocationConstraint } = JSON.parse(await aws('s3api', 'get-bucket-location', '--bucket', bucket))
      assert.equal(LocationConstraint, null)
      await aws('s3', 'rm', '--recursive', `s3://${bucket}`)
      await aws('s3', 'rb', `s3://${bucket}`)
    })
  })
}
