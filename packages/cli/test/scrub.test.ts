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

  const writeByte = async (text: string) => {
    const folder = join(server.dataDir, 'objects')
    const path = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('.object')) ?? ''
    await using file = await open(join(folder, path), 'r+')
    await file.write(text, 1000)
  }
  const damagedFiles = async () =>
    (await server.context.database.files.listDamaged(9)).map(({ filename }) => filename)

  it('names what is damaged, marks its File, and ends with 1', async () => {
    await writeByte('b')
    const { code, stdout } = await scrub('--json')
    const { objects, damage } = JSON.parse(stdout)
    assert.deepEqual([code, objects, damage.length], [1, 1, 1])
    assert.match(damage[0].name, /a\.txt$/)
    assert.deepEqual(await damagedFiles(), ['a.txt'])
  })

  it('removes the mark of a File that was restored', async () => {
    await writeByte('a')
    const { code } = await scrub()
    assert.deepEqual([code, await damagedFiles()], [0, []])
  })

  it('refuses a rate that is none', async () => {
    const { code, stderr } = await scrub('--rate', 'fast')
    assert.equal(code, 1)
    assert.match(stderr, /must be a size/)
  })
})
