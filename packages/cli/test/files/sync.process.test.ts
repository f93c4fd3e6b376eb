import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { isData } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../../server/test/clients/random-file.ts'
import { endOf, startWaybill } from '../run-waybill.ts'

/** Size of a file with two chunks. */
const LARGE_BYTES = 20 * MIB + 777

describe('waybill files sync in a process', () => {
  let service: TestService
  before(async () => {
    service = await startService({ isOnDisk: true })
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  it('continues an interrupted file, and sends no finished one again', async () => {
    const folder = join(service.folder, 'tree')
    await mkdir(folder)
    await writeFile(join(folder, 'a.txt'), 'finished')
    await createRandomFile(folder, 'large', LARGE_BYTES)
    const args = ['files', 'sync', folder, '--path', 'tree', '--delete', '--concurrency', '1']
    let chunks = 0
    service.proxy.setFault((seen) => (isData(seen) && ++chunks > 1 ? { kind: 'hang' } : null))
    const child = startWaybill(service, args)
    const end = endOf(child)
    await eventually('the second chunk', () => chunks > 1)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await end
    assert.equal(code, 130)
    assert.match(stdout, /^uploaded {2}a\.txt$/m)
    assert.match(stderr, /^Interrupted\. Run the same command again to continue\.$/m)
    service.proxy.reset()
    const again = await endOf(startWaybill(service, args))
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /^uploaded {2}large\.bin$/m)
    assert.match(again.stdout, /^1 uploaded, 0 replaced, 0 deleted, 1 unchanged$/m)
    const sent = service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    assert.ok(sent < LARGE_BYTES / 2, `${sent} bytes were sent again`)
  })
})
