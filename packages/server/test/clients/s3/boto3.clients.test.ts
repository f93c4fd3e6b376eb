import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createRandomFile, createScratchFolder, MIB } from '../random-file.ts'
import { runProgram } from '../run-program.ts'
import { run } from './command-line.ts'
import { describeAccess } from './describe-access.ts'

const SCRIPT = fileURLToPath(new URL('./s3_boto.py', import.meta.url))
const { code } = await runProgram('python3', ['-c', 'import boto3']).catch(() => ({ code: 1 }))

describeAccess('boto3', code !== 0 && 'boto3 is not installed', ({ access }) => {
  it('uploads, downloads and lists with its defaults', async () => {
    const folder = await createScratchFolder()
    const { path, sha256 } = await createRandomFile(folder.path, 'boto3', 20 * MIB + 3)
    const { endpoint, accessKeyId, secretAccessKey } = access()
    const args = [SCRIPT, endpoint, accessKeyId, secretAccessKey, `boto-${randomUUID()}`, path]
    const found = JSON.parse(await run('python3', args))
    await folder.remove()
    assert.deepEqual(found, {
      sha256,
      keys: [['list/0', 'list/1'], ['list/2', 'list/3'], ['list/4']],
      missing: '404',
    })
  })
})
