import assert from 'node:assert/strict'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runWaybill, startServer, type TestServer } from '../../server/test/start-server.ts'

describe('waybill scrub', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
    const form = new FormData()
    form.set('file', new File([Buffer.alloc(2000, 'a')], 'a.txt', { type: 'text/plain' }))
    const answer = await fetch(`${server.baseUrl}/files/upload`, {
      method: 'POST',
      headers: { 'x-api-key': server.apiKey },
      body: form,
    })
    assert.equal(answer.status, 201)
  })
  after(() => server.stop())

  it('says how much it read, beside a running server', async () => {
    assert.match(
      await runWaybill(server.dataDir, ['scrub', '--rate', '50MB']),
      /^Read 1 object \(2000 bytes\), /,
    )
  })

  it('names what is damaged, and ends with 1', async () => {
    const folder = join(server.dataDir, 'objects')
    const path = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('.object')) ?? ''
    const file = await open(join(folder, path), 'r+')
    await file.write('b', 1000)
    await file.close()
    await assert.rejects(runWaybill(server.dataDir, ['scrub', '--json']), (error: unknown) => {
      assert.ok(error instanceof Error && 'stdout' in error && 'code' in error)
      const { objects, damage } = JSON.parse(String(error.stdout))
      assert.deepEqual([error.code, objects, damage.length], [1, 1, 1])
      assert.match(damage[0].name, /a\.txt$/)
      return true
    })
  })

  it('refuses a rate that is none', async () => {
    await assert.rejects(runWaybill(server.dataDir, ['scrub', '--rate', 'fast']), /must be a size/)
  })
})
