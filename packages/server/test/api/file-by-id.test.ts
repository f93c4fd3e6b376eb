import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import {
  type Client,
  createClient,
  type FileContent,
  type FileObject,
  sendToApi,
  textFile,
} from './client.ts'
import { assertError, assertRefused } from './envelope.ts'
import { exchange, json } from './exchange.ts'
import { LONG_ID, MALFORMED_ID_STATUSES, MALFORMED_IDS, UNKNOWN_IDS } from './strange-ids.ts'

const ROUTES: readonly [method: string, suffix: string][] = [
  ['GET', ''],
  ['GET', '/content'],
  ['PATCH', ''],
  ['DELETE', ''],
]

/** Returns the body of a request that would succeed. */
const bodyOf = (method: string) => (method === 'PATCH' ? { body: {} } : {})

describe('one file', () => {
  let server: TestApp
  let client: Client
  let file: FileObject

  before(async () => {
    server = await startApp()
    client = createClient(server)
    file = await client.uploadFile(textFile('kept.txt'))
  })
  after(() => server.stop())

  describe('GET /files/{file_id}', () => {
    it('answers the same File as the register', async () => {
      const answer = await client.get(`/files/${file.id}`)
      assert.equal(answer.status, 200)
      assert.deepEqual(json(answer), file)
    })

    it('answers 404 for an object that is not registered', async () => {
      for (const upload of [await client.startUpload(textFile()), await client.storeObject(textFile())]) {
        for (const suffix of ['', '/content']) {
          assertError(await client.get(`/files/${upload.fileId}${suffix}`), 404, 'FILE_NOT_FOUND')
        }
        assertError(await client.del(`/files/${upload.fileId}`), 404, 'FILE_NOT_FOUND')
        // The refused delete must not have changed the session.
        assert.equal((await client.del(`/files/uploads/${upload.fileId}`)).status, 204)
      }
    })
  })

  describe('GET /files/{file_id}/content', () => {
    it('answers with the file and an absolute URL', async () => {
      const answer = await client.get(`/files/${file.id}/content`)
      assert.equal(answer.status, 200)
      const { download_url, ...rest } = json<FileContent>(answer)
      assert.deepEqual(rest, {
        file_id: file.id,
        filename: 'kept.txt',
        mime_type: 'text/plain',
        file_size: file.file_size,
      })
      const url = new URL(download_url)
      assert.equal(url.origin, server.url)
      const path = `/v1/organizations/${client.organizationId}/files/${file.id}/download`
      assert.equal(url.pathname, path)
      assert.ok(url.searchParams.get('token'))
      assert.ok(url.searchParams.get('expires'))
    })

    it('has a URL that needs no header', async () => {
      const { download_url } = await client.content(file.id)
      const answer = await exchange(server.url, 'GET', download_url.slice(server.url.length))
      assert.equal(answer.status, 200)
      assert.equal(answer.bytes.toString(), 'a short note\n')
    })
  })

  describe('DELETE /files/{file_id}', () => {
    it('answers 204 without a body, and the file no longer exists anywhere', async () => {
      const { id } = await client.uploadFile(textFile('gone.txt'))
      const { download_url } = await client.content(id)
      const total = await client.countFiles()
      const answer = await client.del(`/files/${id}`)
      assert.equal(answer.status, 204)
      assert.equal(answer.bytes.length, 0)

      assertError(await client.get(`/files/${id}`), 404, 'FILE_NOT_FOUND')
      assertError(await client.get(`/files/${id}/content`), 404, 'FILE_NOT_FOUND')
      const path = download_url.slice(server.url.length)
      assertError(await sendToApi(server, 'GET', path), 404, 'FILE_NOT_FOUND')
      assert.equal(await client.countFiles(), total - 1)
    })

    it('is 404 the second time', async () => {
      const { id } = await client.uploadFile(textFile())
      assert.equal((await client.del(`/files/${id}`)).status, 204)
      assertError(await client.del(`/files/${id}`), 404, 'FILE_NOT_FOUND')
    })

    it('works for clients that send a JSON content type without a body', async () => {
      const { id } = await client.uploadFile(textFile())
      const headers = { 'content-type': 'application/json' }
      assert.equal((await client.del(`/files/${id}`, { headers })).status, 204)
    })

    it('does not affect a file of the same name and bytes', async () => {
      const [first, second] = [await client.uploadFile(textFile()), await client.uploadFile(textFile())]
      assert.equal((await client.del(`/files/${first.id}`)).status, 204)
      const { download_url } = await client.content(second.id)
      const answer = await exchange(server.url, 'GET', download_url.slice(server.url.length))
      assert.equal(answer.bytes.toString(), 'a short note\n')
    })

    it('succeeds for every concurrent request and removes the file once', async () => {
      const { id } = await client.uploadFile(textFile())
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.del(`/files/${id}`)))
      assert.ok(answers.some((answer) => answer.status === 204))
      for (const answer of answers) {
        if (answer.status !== 204) assertError(answer, 404, 'FILE_NOT_FOUND')
      }
      assertError(await client.get(`/files/${id}`), 404, 'FILE_NOT_FOUND')
    })
  })

  for (const [method, suffix] of ROUTES) {
    describe(`${method} /files/{file_id}${suffix}`, () => {
      for (const id of UNKNOWN_IDS) {
        it(`answers 404 for ${id}`, async () => {
          assertError(
            await client.send(method, `/files/${id}${suffix}`, bodyOf(method)),
            404,
            'FILE_NOT_FOUND',
          )
        })
      }

      for (const id of ['vs_123', `org_${'0'.repeat(32)}`]) {
        it(`answers 404 for an id of another kind, ${id}`, async () => {
          assertRefused(await client.send(method, `/files/${id}${suffix}`, bodyOf(method)), [404, 422])
        })
      }

      it('refuses an id of 5,000 characters', async () => {
        assertRefused(
          await client.send(method, `/files/${LONG_ID}${suffix}`, bodyOf(method)),
          MALFORMED_ID_STATUSES,
        )
      })

      it('refuses a malformed id', async () => {
        for (const id of MALFORMED_IDS) {
          assertRefused(
            await client.send(method, `/files/${id}${suffix}`, bodyOf(method)),
            MALFORMED_ID_STATUSES,
          )
        }
      })
    })
  }

  describe('GET /files/{file_id}/download', () => {
    it('refuses a malformed id', async () => {
      const { search } = new URL((await client.content(file.id)).download_url)
      for (const id of [...MALFORMED_IDS, LONG_ID]) {
        const answer = await client.get(`/files/${id}/download${search}`, { credentials: {} })
        assertRefused(answer, [401, ...MALFORMED_ID_STATUSES])
      }
    })
  })

  it('still exists after all these calls', async () => {
    assert.deepEqual(json(await client.get(`/files/${file.id}`)), file)
  })
})
