import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient, type FileObject, sendToApi, textFile } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { runOnce } from '../postgres/test-database.ts'
import { startApp, type TestApp } from '../start-app.ts'

/** Types that earlier versions stored and that are invalid in a header. */
const STORED: readonly (readonly [stored: string, served: string])[] = [
  ['text/plain\n', 'text/plain'],
  ['text/plain\r\n', 'text/plain'],
  ['text/plain\u000b', 'text/plain'],
  ['\ufefftext/plain', 'text/plain'],
  ['text/plain\u2028', 'text/plain'],
  ['text/plain\u3000;charset=utf-8', 'text/plain ;charset=utf-8'],
  ['text/mar\u212adown', 'text/marKdown'],
]

describe('a file whose stored type is invalid in a header', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp({ isOnDisk: true })
    client = createClient(server)
  })
  after(() => server.stop())

  async function store(table: 'files' | 'upload_sessions', id: string, contentType: string): Promise<void> {
    const column = table === 'files' ? 'id' : 'file_id'
    const change = `UPDATE ${table} SET content_type = '${contentType}' WHERE ${column} = '${id}'`
    const { DATABASE_URL } = databaseOf(server.dataDir).environment
    if (DATABASE_URL !== undefined) return runOnce(DATABASE_URL, change)
    const database = new DatabaseSync(join(server.dataDir, 'waybill.db'), { timeout: 10_000 })
    database.exec(change)
    database.close()
  }

  for (const [stored, served] of STORED) {
    it(`is downloaded and listed: ${JSON.stringify(stored)}`, async () => {
      const { id } = await client.uploadFile(textFile())
      await store('files', id, stored)
      assert.equal(json<FileObject>(await client.get(`/files/${id}`)).mime_type, served)
      const { files } = json<{ files: FileObject[] }>(await client.get('/files?limit=1'))
      assert.equal(files[0]?.mime_type, served)
      const { download_url, mime_type } = await client.content(id)
      assert.equal(mime_type, served)
      for (const [method, range, status] of [
        ['GET', '', 200],
        ['HEAD', '', 200],
        ['GET', 'bytes=0-0', 206],
      ] as const) {
        const headers: Record<string, string> = range === '' ? {} : { range }
        const answer = await sendToApi(server, method, download_url.slice(server.url.length), { headers })
        assert.equal(answer.status, status)
        assert.equal(answer.headers['content-type'], served)
      }
    })
  }

  it('can be registered when its session was opened by an earlier version', async () => {
    const upload = await client.storeObject(textFile())
    await store('upload_sessions', upload.fileId, 'text/plain\n')
    const answer = await client.register(upload.register)
    assert.equal(answer.status, 201)
    assert.equal(json<FileObject>(answer).mime_type, 'text/plain')
  })
})
