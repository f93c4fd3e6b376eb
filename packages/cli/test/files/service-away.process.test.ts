import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { endOf, startWaybill } from '../run-waybill.ts'

describe('a command in a process, as a client', () => {
  let service: TestService
  before(async () => {
    service = await startService()
  })
  after(() => service.stop())

  it('tells of a service that accepts connections and never answers', async (t) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    t.after(() => silent.close())
    await once(silent, 'listening')
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    await writeFile(join(service.folder, 'a.txt'), 'text')
    const child = startWaybill(service, ['files', 'upload', 'a.txt'], { WAYBILL_URL: url })
    const [first] = await once(child.stderr.setEncoding('utf8'), 'data')
    child.kill('SIGKILL')
    assert.equal(first, `${url} does not respond (no response within 3 s). Retrying in 1 s, 7 tries left.\n`)
  })

  it('says that the disk is full', {
    skip: !existsSync('/dev/full') && 'there is no /dev/full',
  }, async () => {
    await writeFile(join(service.folder, 'full.txt'), 'text')
    const sent = await endOf(startWaybill(service, ['files', 'upload', '--json', 'full.txt']))
    const [{ file }] = JSON.parse(sent.stdout)
    const output = openSync('/dev/full', 'w')
    const child = startWaybill(service, ['files', 'download', file.id, '-o', '-'], {}, output)
    closeSync(output)
    const { code, stderr } = await endOf(child)
    assert.equal(code, 1)
    assert.match(stderr, /^waybill: The disk of this machine is full\./m)
  })
})
