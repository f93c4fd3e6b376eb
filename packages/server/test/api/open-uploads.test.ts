import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, putObject, textFile } from './client.ts'
import { assertEnvelope, assertError, assertFieldError, assertRefused, errorOf, ISO_UTC } from './envelope.ts'
import { json } from './exchange.ts'
import { BAD_PAGE_QUERIES, STRANGE_QUERIES } from './page-queries.ts'
import { LONG_ID, MALFORMED_ID_STATUSES, MALFORMED_IDS, UNKNOWN_IDS } from './strange-ids.ts'

interface OpenUpload {
  readonly file_id: string
  readonly filename: string
  readonly file_size: number | null
  readonly received_bytes: number
  readonly created_at: string
  readonly expires_at: string
}

interface UploadList {
  readonly uploads: readonly OpenUpload[]
  readonly total: number
  readonly page: number
  readonly limit: number
  readonly has_more: boolean
  readonly next_cursor?: string | null
}

const CHUNK_BYTES = 256 * 1024
const TUS = { 'tus-resumable': '1.0.0' }

describe('open uploads', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function list(query = ''): Promise<UploadList> {
    const answer = await client.get(`/files/uploads${query}`)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<UploadList>(answer)
  }
  const find = async (fileId: string) => {
    const { uploads } = await list('?limit=100')
    return uploads.find((upload) => upload.file_id === fileId)
  }
  const cancel = (fileId: string) => client.del(`/files/uploads/${fileId}`)

  describe('GET /files/uploads', () => {
    it('is empty at first', async () => {
      const { next_cursor, ...page } = await list()
      assert.deepEqual(page, { uploads: [], total: 0, page: 1, limit: 50, has_more: false })
      assert.equal(next_cursor ?? null, null)
    })

    it('shows a session before its first byte', async () => {
      const upload = await client.startUpload(textFile('waiting.txt'))
      const { created_at, expires_at, ...shown } = (await find(upload.fileId)) ?? assert.fail('not listed')
      const { filename, file_size } = upload.register
      assert.deepEqual(shown, { file_id: upload.fileId, filename, file_size, received_bytes: 0 })
      assert.match(created_at, ISO_UTC)
      assert.match(expires_at, ISO_UTC)
      const lifeMs = Date.parse(expires_at) - Date.parse(created_at)
      assert.ok(Math.abs(lifeMs - 7 * 24 * 60 * 60 * 1000) <= 1000, 'it lives for seven days')
    })

    it('shows the number of stored bytes', async () => {
      const bytes = Buffer.alloc(CHUNK_BYTES * 3, 'a')
      const upload = await client.startUpload({ filename: 'part.txt', mimeType: 'text/plain', bytes })
      const range = { 'content-range': `bytes 0-${CHUNK_BYTES * 2 - 1}/${bytes.length}` }
      const answer = await putObject(upload.uploadUrl, bytes.subarray(0, CHUNK_BYTES * 2), range)
      assert.equal(answer.status, 308)
      assert.equal((await find(upload.fileId))?.received_bytes, CHUNK_BYTES * 2)
    })

    it('shows an upload of unknown length without a size, until a request tells it', async () => {
      const created = await fetch(`${server.baseUrl}/files/tus`, {
        method: 'POST',
        headers: { ...TUS, 'x-api-key': server.apiKey, 'upload-defer-length': '1' },
      })
      const fileId = created.headers.get('x-waybill-file-id') ?? ''
      const sizes = async () => {
        const { file_size, received_bytes } = (await find(fileId)) ?? assert.fail('not listed')
        return [file_size, received_bytes]
      }
      const append = (offset: number, length: Record<string, string>) =>
        fetch(created.headers.get('location') ?? '', {
          method: 'PATCH',
          headers: {
            ...TUS,
            ...length,
            'upload-offset': String(offset),
            'content-type': 'application/offset+octet-stream',
          },
          body: 'abc',
        })
      assert.deepEqual(await sizes(), [null, 0])
      assert.equal((await append(0, {})).status, 204)
      assert.deepEqual(await sizes(), [null, 3])
      assert.equal((await append(3, { 'upload-length': '8' })).status, 204)
      assert.deepEqual(await sizes(), [8, 6])
      assert.equal((await cancel(fileId)).status, 204)
      assert.equal(await find(fileId), undefined)
    })

    it('shows a complete object until it is registered', async () => {
      const upload = await client.storeObject(textFile('complete.txt'))
      assert.equal((await find(upload.fileId))?.received_bytes, upload.register.file_size)
      assert.equal((await client.register(upload.register)).status, 201)
      assert.equal(await find(upload.fileId), undefined)
    })

    it('never shows the URL of a session', async () => {
      const upload = await client.startUpload(textFile('secret.txt'))
      const secret = new URL(upload.uploadUrl).searchParams.get('upload_id')
      const text = (await client.get('/files/uploads?limit=100')).bytes.toString()
      assert.ok(secret && !text.includes(secret))
      assert.doesNotMatch(text, /upload_id|upload_url/)
    })

    it('lists in pages and by cursor, newest first', async () => {
      while ((await list()).total < 7) await client.startUpload(textFile())
      const all = await list('?limit=100')
      const ids = all.uploads.map((upload) => upload.file_id)
      const times = all.uploads.map((upload) => upload.created_at)
      assert.deepEqual(times, times.toSorted().reverse())

      const paged: string[] = []
      for (let page = 1; page <= Math.ceil(all.total / 3); page++) {
        const { uploads, next_cursor, ...rest } = await list(`?page=${page}&limit=3`)
        const has_more = page < Math.ceil(all.total / 3)
        assert.deepEqual(rest, { total: all.total, page, limit: 3, has_more })
        paged.push(...uploads.map((upload) => upload.file_id))
      }
      assert.deepEqual(paged, ids)

      const first = await list('?limit=3')
      const rest = await list(`?limit=100&after=${first.next_cursor}`)
      assert.deepEqual(
        rest.uploads.map((upload) => upload.file_id),
        ids.slice(3),
      )
    })

    it('by cursor continues after a session that is cancelled meanwhile', async () => {
      const ids = (await list('?limit=100')).uploads.map((upload) => upload.file_id)
      const first = await list('?limit=2')
      await cancel(String(first.next_cursor))
      const rest = await list(`?limit=100&after=${first.next_cursor}`)
      assert.deepEqual(
        rest.uploads.map((upload) => upload.file_id),
        ids.slice(2),
      )
    })

    describe('refuses an invalid query', () => {
      for (const [query, field] of BAD_PAGE_QUERIES) {
        it(query, async () => assertFieldError(await client.get(`/files/uploads?${query}`), field))
      }
    })

    it('does not fail on a strange query', async () => {
      for (const query of STRANGE_QUERIES) {
        assertRefused(await client.get(`/files/uploads?${query}`), [200, 400, 404, 422])
      }
    })
  })

  describe('DELETE /files/uploads/{file_id}', () => {
    it('cancels, and a repetition is 204', async () => {
      const upload = await client.startUpload(textFile())
      for (const attempt of [1, 2, 3]) {
        const answer = await cancel(upload.fileId)
        assert.equal(answer.status, 204, `attempt ${attempt}`)
        assert.equal(answer.bytes.length, 0)
      }
      assert.equal(await find(upload.fileId), undefined)
    })

    it('is 204 for every concurrent request', async () => {
      const upload = await client.storeObject(textFile())
      const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(upload.fileId)))
      for (const answer of answers) assert.equal(answer.status, 204)
    })

    it('accepts no bytes and no registration afterwards', async () => {
      const file = textFile()
      const upload = await client.startUpload(file)
      assert.equal((await cancel(upload.fileId)).status, 204)
      const put = await putObject(upload.uploadUrl, file.bytes)
      assert.ok(put.status >= 400 && put.status < 500, String(put.status))
      assertError(await client.register(upload.register), 410, 'UPLOAD_SESSION_EXPIRED')
      assertError(await client.get(`/files/${upload.fileId}`), 404, 'FILE_NOT_FOUND')
    })

    it('works on a session with some or all bytes', async () => {
      const complete = await client.storeObject(textFile())
      const bytes = Buffer.alloc(CHUNK_BYTES * 2, 'a')
      const part = await client.startUpload({ filename: 'p.txt', mimeType: 'text/plain', bytes })
      const range = { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${bytes.length}` }
      await putObject(part.uploadUrl, bytes.subarray(0, CHUNK_BYTES), range)
      for (const upload of [complete, part]) {
        assert.equal((await cancel(upload.fileId)).status, 204)
        assert.equal(await find(upload.fileId), undefined)
        assertError(await client.register(upload.register), 410, 'UPLOAD_SESSION_EXPIRED')
      }
    })

    it('refuses a registered session and keeps its file', async () => {
      const file = await client.uploadFile(textFile())
      assertError(await cancel(file.id), 409, 'FILE_ALREADY_REGISTERED')
      assert.equal((await client.get(`/files/${file.id}`)).status, 200)
    })

    for (const id of UNKNOWN_IDS) {
      it(`answers 404 for ${id}`, async () => {
        assertError(await cancel(id), 404, 'UPLOAD_NOT_FOUND')
      })
    }

    it('refuses an id of 5,000 characters', async () => {
      assertRefused(await cancel(LONG_ID), MALFORMED_ID_STATUSES)
    })

    it('refuses a malformed id and cancels nothing', async () => {
      const { total } = await list()
      for (const id of MALFORMED_IDS) assertRefused(await cancel(id), MALFORMED_ID_STATUSES)
      assert.equal((await list()).total, total)
    })
  })
})

describe('MAX_OPEN_SESSIONS=3', () => {
  let server: TestApp
  let client: Client
  let other: Client
  before(async () => {
    server = await startApp({ env: { MAX_OPEN_SESSIONS: '3' } })
    client = createClient(server)
    other = createClient(server, await server.addOrganization('org_other'))
  })
  after(() => server.stop())

  const file = textFile()
  const body = { filename: file.filename, file_size: file.bytes.length, mime_type: file.mimeType }
  const open = () => client.post('/files/upload-url', body)

  it('opens three of many concurrent sessions, and gives the reason for the refusals', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, open))
    const refused = answers.filter(({ status }) => status !== 200)
    assert.equal(refused.length, 9)
    for (const answer of refused) {
      assertEnvelope(answer)
      assertError(answer, 429, 'RATE_LIMIT_EXCEEDED')
      assert.deepEqual(errorOf(answer).details, { limit: 3 })
      assert.match(errorOf(answer).system_message, /3 unfinished upload sessions/)
      assert.match(String(answer.headers['retry-after']), /^\d+$/)
    }
    assert.equal(json<UploadList>(await client.get('/files/uploads')).total, 3)
  })

  it('does not affect other organizations', async () => {
    assert.equal((await other.post('/files/upload-url', body)).status, 200)
  })

  it('opens another one after a register or a cancel, and counts dead sessions', async () => {
    const { uploads } = json<UploadList>(await client.get('/files/uploads'))
    assert.equal((await client.del(`/files/uploads/${uploads[0]?.file_id}`)).status, 204)
    const upload = await client.storeObject(file)
    assertError(await open(), 429, 'RATE_LIMIT_EXCEEDED')
    assert.equal((await client.register(upload.register)).status, 201)
    const { uploadUrl, fileId } = await client.startUpload(file)
    const damaged = await putObject(uploadUrl, file.bytes, { 'content-range': 'bytes 5-3/9' })
    assert.ok(damaged.status >= 400)
    assertError(await open(), 429, 'RATE_LIMIT_EXCEEDED')
    assert.equal((await client.del(`/files/uploads/${fileId}`)).status, 204)
    assert.equal((await open()).status, 200)
  })
})
