import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { isData, type SeenRequest } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createClientCommand } from '../run-in-process.ts'

const isDirect = ({ path }: SeenRequest) => path.endsWith('/files/upload')

describe('--limit-rate', () => {
  let service: TestService
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
    await mkdir(join(service.folder, 'tree'))
    await writeFile(join(service.folder, 'tree', 'small.txt'), 'x'.repeat(700))
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  // One request would send all bytes at once. The client library tests the speed itself.
  for (const args of [
    ['upload', 'tree/small.txt'],
    ['sync', 'tree', '--path', 'limited'],
  ]) {
    it(`sends a small file in pieces: ${args[0]}`, async () => {
      assert.equal((await waybill(['files', ...args, '--limit-rate', '1KiB'])).code, 0)
      assert.equal(service.proxy.seen.filter(isDirect).length, 0)
      assert.equal(service.proxy.seen.filter(isData).length, 1)
    })
  }

  it('must be a size', async () => {
    for (const rate of ['0kB', '100B', 'fast', '-1MB']) {
      const { code, stderr } = await waybill(['files', 'upload', 'tree/small.txt', `--limit-rate=${rate}`])
      assert.equal(code, 1)
      assert.match(stderr, /must be a size per second such as 500kB/)
    }
  })
})
