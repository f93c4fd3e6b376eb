import assert from 'node:assert/strict'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../../server/test/start-app.ts'
import { runInProcess } from './run-in-process.ts'

describe('waybill scrub', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ isOnDisk: true })
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

  const scrub = (...args: string[]) => runInProcess(['scrub', ...args], { DATA_DIR: server.dataDir })

  it('says how much it read, beside a running server', async () => {
    assert.match((await scrub('--rate', '50MB')).stdout, /^Read 1 object \(2000 bytes\), /)
  })

  it('names what is damaged, and ends with 1', async () => {
    const folder = join(server.dataDir, 'objects')
    const path = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('.object')) ?? ''
    const file = await open(join(folder, path), 'r+')
    await file.write('b', 1000)
    await file.close()
    const { code, stdout } = await scrub('--json')
    const { objects, damage } = JSON.parse(stdout)
    assert.deepEqual([code, objects, damage.length], [1, 1, 1])
    assert.match(damage[0].name, /a\.txt$/)
  })

  it('refuses a rate that is none', async () => {
    const { code, stderr } = await scrub('--rate', 'fast')
    assert.equal(code, 1)
    assert.match(stderr, /must be a size/)
  })
})
