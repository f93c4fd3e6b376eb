import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { runWaybill, startServer, type TestServer } from '../start-server.ts'

const CHUNK = Buffer.alloc(262_144, 'a')

/** Runs real processes: a server whose sessions live for a second, and `waybill sweep` beside it. */
describe('an overdue upload session', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { UPLOAD_SESSION_SECONDS: '1' } })
  })
  after(() => server.stop())

  const openUpload = async (): Promise<string> => {
    const answer = await fetch(`${server.baseUrl}/files/upload-url`, {
      method: 'POST',
      headers: { 'x-api-key': server.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ filename: 'a.txt', file_size: 2 * CHUNK.length, mime_type: 'text/plain' }),
    })
    const { upload_url: url } = (await answer.json()) as { upload_url: string }
    const sent = await fetch(url, {
      method: 'PUT',
      headers: { 'content-range': `bytes 0-${CHUNK.length - 1}/*` },
      body: CHUNK,
    })
    assert.equal(sent.status, 308)
    return url
  }

  const filesOfObjects = async () => {
    const names = await readdir(join(server.dataDir, 'objects'), { recursive: true })
    return names.filter((name) => /\.(object|log|segment)$/.test(name))
  }

  /** Checks repeatedly until the condition holds, for half a minute at most. */
  const until = async (isSo: () => Promise<boolean>) => {
    for (let tries = 0; tries < 600; tries++) {
      if (await isSo()) return
      await setTimeout(50)
    }
    assert.fail('it never came to be')
  }
  const isGone = async (url: string) => {
    const asked = await fetch(url, { method: 'PUT', headers: { 'content-range': 'bytes */*' } })
    return asked.status === 410
  }

  const reservedBytes = async () => {
    const answer = await fetch(server.baseUrl, { headers: { 'x-api-key': server.apiKey } })
    return ((await answer.json()) as { storage_reserved_bytes: number }).storage_reserved_bytes
  }

  it('expires while the server runs, and its space and its bytes are released', async () => {
    const url = await openUpload()
    await until(async () => (await reservedBytes()) === 0)
    await until(async () => (await filesOfObjects()).length === 0)
    assert.ok(await isGone(url))
  })

  it('is reported by a dry run of `waybill sweep`, and then swept', async () => {
    const url = await openUpload()
    await server.kill('SIGKILL')
    const sweep = async (...options: string[]) =>
      JSON.parse(await runWaybill(server.dataDir, ['sweep', '--json', ...options])).map(
        ({ kind, outcome }: Record<string, string>) => [kind, outcome],
      )
    await until(async () => (await sweep('--dry-run')).length > 0)
    assert.deepEqual(await sweep('--dry-run'), [['overdue-session', 'to-remove']])
    assert.equal((await filesOfObjects()).length, 2)
    assert.deepEqual(await sweep(), [['overdue-session', 'removed']])
    assert.equal((await filesOfObjects()).length, 0)
    assert.deepEqual(await sweep(), [])
    server = await server.restart()
    assert.ok(await isGone(url))
  })

  it('expires when the server starts', async () => {
    await openUpload()
    await server.kill('SIGKILL')
    assert.equal((await filesOfObjects()).length, 2)
    server = await server.restart()
    await until(async () => (await filesOfObjects()).length === 0)
    await until(async () => server.output().includes('"sessions":1,"msg":"expired upload sessions"'))
    assert.equal(await server.kill('SIGTERM'), 0)
  })
})
