import assert from 'node:assert/strict'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createClientCommand } from '../run-in-process.ts'

describe('waybill files download with several files', () => {
  let service: TestService
  let waybill: ReturnType<typeof createClientCommand>
  let ids: string[]
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
    ids = [await upload('one.txt', 'first'), await upload('two.txt', 'second')]
    await mkdir(join(service.folder, 'existing'))
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  async function upload(filename: string, content: string): Promise<string> {
    const options = { filename, mimeType: 'text/plain' }
    return (await service.client().files.upload(new Blob([content]), options)).id
  }
  const contentOf = (...path: readonly string[]) => readFile(join(service.folder, ...path), 'utf8')

  for (const folder of ['existing', 'new/']) {
    it(`writes all of them into a folder: ${folder}`, async () => {
      const { code, stdout, stderr } = await waybill(['files', 'download', ...ids, '-o', folder])
      assert.equal(code, 0, stderr)
      assert.deepEqual(stdout.trim().split('\n'), [join(folder, 'one.txt'), join(folder, 'two.txt')])
      assert.equal(await contentOf(folder, 'one.txt'), 'first')
      assert.equal(await contentOf(folder, 'two.txt'), 'second')
      assert.equal((await readdir(join(service.folder, folder))).length, 2)
    })
  }

  it('goes on where one fails, and names it', async () => {
    const [one = '', two = ''] = ids
    const args = ['files', 'download', one, 'file_none', two, '-o', 'some/']
    const { code, stdout, stderr } = await waybill(args)
    assert.equal(code, 1)
    assert.equal(stdout, 'some/one.txt\nsome/two.txt\n')
    assert.match(stderr, /^file_none: .*"waybill files list"/m)
    const json = JSON.parse((await waybill([...args, '--force', '--json'])).stdout)
    assert.deepEqual(
      json.map(({ path, error }: { path?: string; error?: { code: string } }) => path ?? error?.code),
      ['some/one.txt', 'FILE_NOT_FOUND', 'some/two.txt'],
    )
  })

  it('does not overwrite one file with another of the same name', async () => {
    const same = await upload('one.txt', 'other')
    const [one = ''] = ids
    const args = ['files', 'download', one, same, one, '-o', 'names/', '--concurrency', '1', '--force']
    const { code, stdout, stderr } = await waybill(args)
    assert.deepEqual({ code, stdout }, { code: 1, stdout: 'names/one.txt\n' })
    assert.match(stderr, new RegExp(`^${same}: names/one\\.txt is another file of this command`, 'm'))
    assert.equal(await contentOf('names', 'one.txt'), 'first')
  })

  for (const output of ['-', 'existing/one.txt', 'nowhere']) {
    it(`refuses an output that is no folder: ${output}`, async () => {
      const { code, stdout, stderr } = await waybill(['files', 'download', ...ids, '-o', output])
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
      assert.match(stderr, /several files need a folder/)
    })
  }
})
