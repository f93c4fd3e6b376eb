import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, sendToApi, textFile } from './client.ts'
import { assertError, assertRefused, errorOf } from './envelope.ts'
import { json } from './exchange.ts'

const BODIES: Record<string, Record<string, unknown>> = {
  '/files/upload-url': { filename: 'a.txt', file_size: 1, mime_type: 'text/plain' },
  '/files': { filename: 'a.txt', file_size: 1, mime_type: 'text/plain', gcs_path: 'x' },
}

describe('the HTTP edge', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  describe('GET /v1/health', () => {
    it('is ok without a key', async () => {
      const answer = await sendToApi(server, 'GET', '/v1/health')
      assert.equal(answer.status, 200)
      assert.deepEqual(json(answer), { status: 'ok' })
    })

    it('ignores a wrong key', async () => {
      const answer = await sendToApi(server, 'GET', '/v1/health', { credentials: { 'x-api-key': 'x' } })
      assert.equal(answer.status, 200)
    })

    it('names each dependency in its details, but not its location', async () => {
      const answer = await sendToApi(server, 'GET', '/v1/health/details')
      assert.equal(answer.status, 200)
      const text = answer.bytes.toString()
      assert.equal(json<{ status: string }>(answer).status, 'ok')
      assert.match(text, /"database"/)
      assert.match(text, /"storage"/)
      assert.ok(!text.includes(server.dataDir))
    })
  })

  describe('an unknown route', () => {
    for (const path of [
      '/v1',
      '/v2/health',
      '/v1/organizations',
      '/favicon.ico',
      '/v1/health/x',
      '//',
      '/%00',
    ]) {
      it(`${path} is 404`, async () => {
        assertError(await sendToApi(server, 'GET', path), 404, 'NOT_FOUND')
      })
    }

    for (const path of [
      '/nothing',
      '/files/file_1/nothing',
      '/files/file_1/content/x',
      '/files/uploads/a/b',
    ]) {
      it(`${path} of an organization is 404`, async () => {
        assertError(await client.get(path), 404, 'NOT_FOUND')
      })
    }

    const traversals = [
      '/../../etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%5c..',
    ]
    for (const path of traversals) {
      it(`${path} is refused`, async () => {
        assertRefused(await sendToApi(server, 'GET', path), [400, 404])
        assertRefused(await client.get(path), [400, 404])
      })
    }
  })

  describe('a wrong method', () => {
    const cases: readonly [method: string, path: string, allowed: readonly string[]][] = [
      ['PUT', '/files', ['GET', 'POST']],
      ['PATCH', '/files', ['GET', 'POST']],
      ['DELETE', '/files', ['GET', 'POST']],
      ['PUT', '/files/upload-url', ['POST']],
      ['PATCH', '/files/upload-url', ['POST']],
      ['PUT', '/files/uploads', ['GET']],
      ['PATCH', '/files/uploads', ['GET']],
      ['GET', '/files/uploads/file_1', ['DELETE']],
      ['POST', '/files/uploads/file_1', ['DELETE']],
      ['POST', '/files/file_1', ['GET', 'DELETE']],
      ['PUT', '/files/file_1', ['GET', 'DELETE']],
      ['POST', '/files/file_1/content', ['GET']],
      ['DELETE', '/files/file_1/content', ['GET']],
      ['POST', '/files/file_1/download', ['GET', 'HEAD']],
      ['PUT', '/files/file_1/download', ['GET', 'HEAD']],
      ['PUT', '/api-keys', ['GET', 'POST']],
      ['DELETE', '/api-keys', ['GET', 'POST']],
      ['PUT', '/api-keys/ak_1', ['GET', 'PATCH', 'DELETE']],
      ['POST', '/api-keys/ak_1', ['GET', 'PATCH', 'DELETE']],
      ['GET', '/api-keys/ak_1/pause', ['POST']],
      ['DELETE', '/api-keys/ak_1/rotate', ['POST']],
    ]
    for (const [method, path, allowed] of cases) {
      it(`${method} ${path} is 405 and allows ${allowed.join(' and ')}`, async () => {
        const answer = await client.send(method, path)
        assert.equal(answer.status, 405)
        const allow = String(answer.headers.allow).split(/\s*,\s*/)
        for (const name of allowed) assert.ok(allow.includes(name), `Allow: ${allow}`)
        assert.ok(!allow.includes(method), `Allow: ${allow}`)
      })
    }

    const exact: readonly [method: string, path: string, allow: string][] = [
      ['GET', '/v1/organizations/org_1/files/upload-url', 'POST'],
      ['HEAD', '/v1/organizations/org_1/files/upload-url', 'POST'],
      ['OPTIONS', '/v1/organizations/org_1/files?limit=1', 'GET, HEAD, POST'],
      ['PROPFIND', '/v1/organizations/org_1/files', 'GET, HEAD, POST'],
      ['PUT', '/v1/threads', 'GET, HEAD, POST'],
      ['DELETE', '/console', 'GET, HEAD'],
      ['POST', '/', 'GET, HEAD'],
    ]
    for (const [method, path, allow] of exact) {
      it(`${method} ${path} is 405 and allows exactly ${allow}`, async () => {
        const answer = await sendToApi(server, method, path)
        assert.equal(answer.status, 405)
        assert.equal(answer.headers.allow, allow)
      })
    }

    it('POST /v1/health is 405', async () => {
      const answer = await sendToApi(server, 'POST', '/v1/health')
      assert.equal(answer.status, 405)
      assert.match(String(answer.headers.allow), /\bGET\b/)
    })

    it('is 405 also with a body of another type', async () => {
      const headers = { 'content-type': 'text/plain' }
      assert.equal((await client.send('PUT', '/files', { body: 'x', headers })).status, 405)
    })
  })

  for (const [path, body] of Object.entries(BODIES)) {
    describe(`a body of POST ${path}`, () => {
      const text = JSON.stringify(body)
      const broken: readonly [title: string, body: string | Uint8Array][] = [
        ['cut off', text.slice(0, -1)],
        ['with something behind it', `${text}x`],
        ['twice', text + text],
        ['with single quotes', text.replaceAll('"', "'")],
        ['with a comma too many', text.replace('}', ',}')],
        ['with NaN', text.replace('1', 'NaN')],
        ['with a comment', `/* */${text}`],
        ['with a raw line feed in a string', text.replace('a.txt', 'a\n.txt')],
        ['with half an escape', text.replace('a.txt', '\\u12')],
        ['a form', 'filename=a.txt&file_size=1'],
        ['NUL', '\u0000'],
        ['bytes', Buffer.from('89504e470d0a1a0a', 'hex')],
        ['10,000 open brackets', '['.repeat(10_000)],
      ]
      for (const [title, value] of broken) {
        it(`that is broken JSON is 400: ${title}`, async () => {
          assertError(await client.post(path, value), 400, 'INVALID_JSON')
        })
      }

      it('that is empty is refused', async () => {
        assertRefused(await client.post(path, ''), [400, 422])
      })

      it('that is missing is refused', async () => {
        assertRefused(await client.send('POST', path), [400, 415, 422])
      })

      it('that is not UTF-8 is refused', async () => {
        const bytes = Buffer.from(text.replace('a.txt', 'a\xff\xfe.txt'), 'latin1')
        assertError(await client.post(path, bytes), 400, 'INVALID_JSON')
      })

      const contentTypes = [
        ...[
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'text/json',
        ],
        ...['application/xml', 'application/octet-stream', 'application/jsonp', 'nonsense', 'application/'],
      ]
      for (const contentType of contentTypes) {
        it(`of type ${contentType} is 415`, async () => {
          const answer = await client.post(path, text, { headers: { 'content-type': contentType } })
          assertError(answer, 415, 'UNSUPPORTED_MEDIA_TYPE')
        })
      }

      it('without a type is 415', async () => {
        const answer = await client.post(path, text, { headers: { 'content-type': '' } })
        assertError(answer, 415, 'UNSUPPORTED_MEDIA_TYPE')
      })

      it('of two megabytes is refused', async () => {
        const large = { ...body, filename: 'a'.repeat(2_000_000) }
        assertRefused(await client.post(path, large), [413, 422])
      })

      it('of JSON nested more than 200 levels deep is refused', async () => {
        const nested = (levels: number) => {
          const extra = `${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`
          return client.post(path, text.replace('1', '0').replace('}', `,"extra":${extra}}`))
        }
        assertError(await nested(200), 422, 'VALIDATION_ERROR')
        for (const levels of [201, 10_000, 200_000]) assertError(await nested(levels), 400, 'INVALID_REQUEST')
      })

      it('with a charset is accepted', async () => {
        const headers = { 'content-type': 'application/json; charset=utf-8' }
        const wrong = await client.post(path, { ...body, file_size: 0 }, { headers })
        assertError(wrong, 422, 'VALIDATION_ERROR')
        const spelled = { 'content-type': 'Application/JSON' }
        const same = await client.post(path, { ...body, file_size: 0 }, { headers: spelled })
        assertError(same, 422, 'VALIDATION_ERROR')
      })
    })
  }

  describe('the id of a request', () => {
    for (const id of [
      'req-1',
      '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      'a_b.C-9',
      '01JABCDEFGHJKMNPQRSTVWXYZ0',
    ]) {
      it(`is kept when it is ${id}`, async () => {
        const headers = { 'x-request-id': id }
        const success = await client.get('/files', { headers })
        assert.equal(success.headers['x-request-id'], id)
        const failure = await client.get('/files/file_1', { headers })
        assert.equal(failure.headers['x-request-id'], id)
        assert.equal(errorOf(failure).trace_id, id)
      })
    }

    it('is a new one for each request without an id', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => client.get('/files')))
      assert.equal(new Set(answers.map((answer) => answer.headers['x-request-id'])).size, 5)
    })

    it('is replaced when it is too long', async () => {
      const id = 'a'.repeat(5000)
      const answer = await client.get('/files', { headers: { 'x-request-id': id } })
      assert.notEqual(answer.headers['x-request-id'], id)
    })

    for (const id of ['two words', '<script>', '"quoted"', 'caf\xe9', '{"a":1}', '\t']) {
      it(`is handled safely when it is ${JSON.stringify(id)}`, async () => {
        // The client asserts for every answer that the id is printable, and equal in the header and the error.
        const answer = await client.get('/files/file_1', { headers: { 'x-request-id': id } })
        assertError(answer, 404, 'FILE_NOT_FOUND')
      })
    }
  })

  it('has stored nothing of these requests', async () => {
    assert.equal(await client.countFiles(), 0)
    assert.equal(await client.countUploads(), 0)
  })

  it('still works after these requests', async () => {
    const { id } = await client.uploadFile(textFile())
    assert.equal((await client.get(`/files/${id}`)).status, 200)
  })
})
