import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import {
  BAD_FILE_SIZES,
  BAD_FILENAMES,
  BAD_MIME_TYPES,
  GOOD_FILENAMES,
  MALFORMED_MIME_TYPES,
} from './bad-fields.ts'
import { type Client, createClient, putObject, type UploadUrl } from './client.ts'
import { assertError, assertFieldError, errorOf, ISO_UTC } from './envelope.ts'
import { json } from './exchange.ts'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const REQUEST = { filename: 'report.txt', file_size: 12, mime_type: 'text/plain' }

describe('POST /files/upload-url', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function requestUrl(fields: Record<string, unknown> = {}): Promise<UploadUrl> {
    const answer = await client.post('/files/upload-url', { ...REQUEST, ...fields })
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<UploadUrl>(answer)
  }

  describe('refuses an invalid body and stores nothing', () => {
    const mimeTypes = [...BAD_MIME_TYPES, ...MALFORMED_MIME_TYPES]
    const fields = { filename: BAD_FILENAMES, file_size: BAD_FILE_SIZES, mime_type: mimeTypes }
    for (const [field, values] of Object.entries(fields)) {
      for (const [title, value] of values) {
        it(`${field}: ${title}`, async () => {
          const answer = await client.post('/files/upload-url', { ...REQUEST, [field]: value })
          assertFieldError(answer, field)
        })
      }
    }

    const uploadTypes: readonly unknown[] = ['multipart', '', 'RESUMABLE', 5, [], {}]
    for (const uploadType of uploadTypes) {
      it(`upload_type: ${JSON.stringify(uploadType)}`, async () => {
        const answer = await client.post('/files/upload-url', { ...REQUEST, upload_type: uploadType })
        assertFieldError(answer, 'upload_type')
      })
    }

    it('an infinite number', async () => {
      const body = '{"filename":"a.txt","mime_type":"text/plain","file_size":1e999}'
      assertFieldError(await client.post('/files/upload-url', body), 'file_size')
    })

    it('negative zero', async () => {
      const body = '{"filename":"a.txt","mime_type":"text/plain","file_size":-0}'
      assertFieldError(await client.post('/files/upload-url', body), 'file_size')
    })

    for (const body of ['null', '[]', '"text"', '5', 'true', '{}', '[{}]']) {
      it(`a body of ${body}`, async () => {
        assertError(await client.post('/files/upload-url', body), 422, 'VALIDATION_ERROR')
      })
    }

    it('a value inherited from __proto__', async () => {
      const body = '{"__proto__":{"filename":"a.txt","mime_type":"text/plain","file_size":5}}'
      const answer = await client.post('/files/upload-url', body)
      assert.ok([400, 422].includes(answer.status), String(answer.status))
    })

    it('and names the field and its value', async () => {
      const answer = await client.post('/files/upload-url', { ...REQUEST, file_size: -1 })
      assert.deepEqual(errorOf(answer).details, { field: 'file_size', value: -1 })
    })

    it('and the lists of files and uploads stay empty', async () => {
      assert.equal(await client.countFiles(), 0)
      assert.equal(await client.countUploads(), 0)
    })
  })

  describe('opens a session', () => {
    it('with all documented fields', async () => {
      const startMs = Date.now()
      const session = await requestUrl()
      const endMs = Date.now()
      // The hexadecimal part is a UUIDv7, so that ids sort by time.
      assert.match(session.file_id, /^file_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
      assert.ok(typeof session.gcs_path === 'string' && session.gcs_path !== '')
      assert.match(session.expires_at, ISO_UTC)
      const expiresMs = Date.parse(session.expires_at)
      assert.ok(expiresMs >= startMs + WEEK_MS - 1000, session.expires_at)
      assert.ok(expiresMs <= endMs + WEEK_MS + 1000, session.expires_at)
      assert.ok(Number.isSafeInteger(session.max_file_size))
      assert.equal(session.upload_type, 'resumable')
      assert.ok(session.chunk_size_recommended > 0)
      assert.equal(session.chunk_size_recommended % (256 * 1024), 0)
    })

    it('with an absolute URL that contains upload_id', async () => {
      const { upload_url } = await requestUrl()
      assert.equal(new URL(upload_url).origin, server.url)
      assert.ok(new URL(upload_url).searchParams.get('upload_id'))
    })

    it('with a URL that accepts bytes without a key', async () => {
      const { upload_url } = await requestUrl()
      const answer = await putObject(upload_url, Buffer.from('twelve bytes'))
      assert.equal(answer.status, 200)
    })

    it('with its own id, path and URL each time', async () => {
      const sessions = await Promise.all([requestUrl(), requestUrl(), requestUrl()])
      for (const key of ['file_id', 'gcs_path', 'upload_url'] as const) {
        assert.equal(new Set(sessions.map((session) => session[key])).size, 3, key)
      }
    })

    for (const uploadType of ['resumable', 'simple', 'standard']) {
      it(`for upload_type ${uploadType}, answered as resumable`, async () => {
        assert.equal((await requestUrl({ upload_type: uploadType })).upload_type, 'resumable')
      })
    }

    for (const [title, filename] of GOOD_FILENAMES) {
      it(`for a name of ${title}`, async () => {
        const { file_id } = await requestUrl({ filename })
        const list = await client.get('/files/uploads?limit=1')
        const { uploads } = json<{ uploads: { file_id: string; filename: string }[] }>(list)
        assert.equal(uploads[0]?.file_id, file_id)
        assert.equal(uploads[0]?.filename, filename)
      })
    }

    it('for an integer with an exponent', async () => {
      const body = '{"filename":"a.txt","mime_type":"text/plain","file_size":1.2e1}'
      assert.equal((await client.post('/files/upload-url', body)).status, 200)
    })
  })

  describe('limits the size', () => {
    it('to 5 GB by default', async () => {
      const session = await requestUrl({ file_size: 5_000_000_000 })
      assert.ok(session.max_file_size >= 5_000_000_000)
      const body = { ...REQUEST, file_size: session.max_file_size + 1 }
      assertError(await client.post('/files/upload-url', body), 413, 'FILE_TOO_LARGE')
    })

    it('and refuses the largest safe integer as too large, not as malformed', async () => {
      const body = { ...REQUEST, file_size: Number.MAX_SAFE_INTEGER }
      assertError(await client.post('/files/upload-url', body), 413, 'FILE_TOO_LARGE')
    })
  })
})

describe('POST /files/upload-url with MAX_FILE_BYTES=1000000', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp({ env: { MAX_FILE_BYTES: '1000000' } })
    client = createClient(server)
  })
  after(() => server.stop())

  it('accepts exactly that size and answers with it', async () => {
    const answer = await client.post('/files/upload-url', { ...REQUEST, file_size: 1_000_000 })
    assert.equal(answer.status, 200)
    assert.equal(json<UploadUrl>(answer).max_file_size, 1_000_000)
  })

  it('refuses one byte more and opens no session', async () => {
    const open = await client.countUploads()
    const answer = await client.post('/files/upload-url', { ...REQUEST, file_size: 1_000_001 })
    assertError(answer, 413, 'FILE_TOO_LARGE')
    assert.equal(await client.countUploads(), open)
  })
})
