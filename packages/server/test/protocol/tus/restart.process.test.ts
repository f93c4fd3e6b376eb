import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startServer, type TestServer } from '../../start-server.ts'
import { exchange } from '../exchange.ts'
import { someBytes } from '../session.ts'
import { BYTES_TYPE, head, offsetOf, patch, VERSION } from './tus.ts'

const SIZE = 300_000
const SENT = 100_003
const object = someBytes(SIZE)

describe('After the process was killed and started again', () => {
  let server: TestServer
  const urls = { part: '', deferred: '', whole: '' }
  let wholeFileId = ''

  before(async () => {
    server = await startServer()
    const create = async (length: Record<string, string>, body: Uint8Array = Buffer.alloc(0)) => {
      const headers = { ...VERSION, ...BYTES_TYPE, ...length, 'X-API-Key': server.apiKey }
      const answer = await exchange(`${server.baseUrl}/files/tus`, { method: 'POST', headers, body })
      assert.equal(answer.status, 201, answer.body)
      return answer.headers
    }
    urls.part = (await create({ 'Upload-Length': String(SIZE) })).location ?? ''
    urls.deferred = (await create({ 'Upload-Defer-Length': '1' }, object.subarray(0, SENT))).location ?? ''
    const whole = await create({ 'Upload-Length': String(SIZE) }, object)
    urls.whole = whole.location ?? ''
    wholeFileId = whole['x-waybill-file-id'] ?? ''
    assert.equal((await patch(urls.part, 0, object.subarray(0, SENT))).status, 204)
    await server.kill('SIGKILL')
    server = await server.restart()
  })
  after(() => server.stop())

  it('an upload of tus has the offset that was told, also for a client of Google', async () => {
    const asked = await exchange(urls.part, { range: 'bytes */*' })
    assert.equal(asked.headers.range, `bytes=0-${SENT - 1}`)
    assert.equal(await offsetOf(urls.part), SENT)
    assert.equal((await patch(urls.part, SENT, object.subarray(SENT))).status, 204)
  })

  it('an upload of unknown length continues', async () => {
    assert.equal(await offsetOf(urls.deferred), SENT)
    const rest = await patch(urls.deferred, SENT, object.subarray(SENT), { 'Upload-Length': String(SIZE) })
    assert.equal(rest.status, 204, rest.body)
    assert.ok(rest.headers['x-waybill-file-id'])
  })

  it('a complete upload has its File', async () => {
    assert.equal((await head(urls.whole)).headers.get('x-waybill-file-id'), wholeFileId)
  })
})
