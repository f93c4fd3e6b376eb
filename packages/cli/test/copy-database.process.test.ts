import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  createTestDatabase,
  type TestDatabase,
  withoutPostgres,
} from '../../server/test/postgres/test-database.ts'
import { runWaybill, startServer, type TestServer } from '../../server/test/start-server.ts'

const PART = 262_144
const BYTES = Buffer.alloc(PART + 1000, 'a')

/** The real processes: an installation on SQLite moves to PostgreSQL, and its clients go on. */
describe('waybill database copy', { skip: withoutPostgres }, () => {
  let dataDir: string
  let target: TestDatabase
  let server: TestServer

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'waybill-move-'))
    target = await createTestDatabase()
    server = await startServer({ dataDir, env: { DATABASE_URL: '' } })
  })

  after(async () => {
    await server?.stop()
    await target?.remove()
    await rm(dataDir, { recursive: true, force: true })
  })

  // biome-ignore lint/suspicious/noExplicitAny: JSON has the shape that the test asserts
  const post = async (path: string, body: object): Promise<any> => {
    const headers = { 'X-API-Key': server.apiKey, 'Content-Type': 'application/json' }
    const answer = await fetch(`${server.baseUrl}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    assert.ok(answer.ok, await answer.clone().text())
    return answer.json()
  }
  const facts = { filename: 'a.txt', file_size: BYTES.length, mime_type: 'text/plain' }
  const put = (url: string, start: number, end: number) =>
    fetch(url, {
      method: 'PUT',
      redirect: 'manual',
      headers: { 'Content-Range': `bytes ${start}-${end - 1}/${BYTES.length}` },
      body: BYTES.subarray(start, end),
    })
  const copy = () =>
    runWaybill(dataDir, [
      'database',
      'copy',
      '--from',
      `sqlite:${join(dataDir, 'waybill.db')}`,
      '--to',
      target.url,
    ])

  it('refuses while the server runs; then an upload begun before goes on, and files are there', async () => {
    const whole = await post('/files/upload-url', facts)
    assert.equal((await put(whole.upload_url, 0, BYTES.length)).status, 200)
    const file = await post('/files', { ...facts, gcs_path: whole.gcs_path })
    const begun = await post('/files/upload-url', facts)
    assert.equal((await put(begun.upload_url, 0, PART)).status, 308)

    await assert.rejects(copy(), /stop it first/)
    await server.kill('SIGTERM')
    const said = await copy()
    assert.match(said, /^files +1 rows/m)
    assert.match(said, /All records are copied and compared/)

    const { organizationId, apiKey } = server
    await server.stop()
    server = {
      ...(await startServer({ dataDir, env: { DATABASE_URL: target.url } })),
      organizationId,
      apiKey,
    }
    server = { ...server, baseUrl: `${server.url}/v1/organizations/${organizationId}` }
    const moved = begun.upload_url.replace(new URL(begun.upload_url).origin, server.url)
    assert.equal((await put(moved, PART, BYTES.length)).status, 200)
    await post('/files', { ...facts, gcs_path: begun.gcs_path })
    const content = await fetch(`${server.baseUrl}/files/${file.id}/content`, {
      headers: { 'X-API-Key': apiKey },
    })
    const { download_url } = (await content.json()) as { download_url: string }
    assert.ok(Buffer.from(await (await fetch(download_url)).arrayBuffer()).equals(BYTES))
  })
})
