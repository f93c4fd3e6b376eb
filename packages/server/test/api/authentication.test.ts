import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ENDPOINTS } from '../../src/protocols/endpoints.ts'
import { URLS } from '../../src/protocols/urls.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type Organization, sendToApi, textFile } from './client.ts'
import { assertError, assertRefused, errorOf } from './envelope.ts'
import { type Answer, json } from './exchange.ts'

/** Endpoints without a key, because the download URL is a credential itself, or with errors of another form. */
const OTHERS: ReadonlySet<string> = new Set([URLS.download, URLS.tusUploads])

/**
 * Every other endpoint of an organization, with its path below the organization. The list does not depend on the
 * declared scopes, so that an endpoint without one is found.
 */
const NEED_KEY = ENDPOINTS.filter(
  ({ path }) => path.startsWith(URLS.organization) && !OTHERS.has(path),
).flatMap(({ method, path }) =>
  [method].flat().map((one) => [one, path.slice(URLS.organization.length)] as const),
)

describe('authentication', () => {
  let server: TestApp
  let client: Client
  let other: Organization
  let fileId: string
  let uploadId: string
  let keyId: string

  before(async () => {
    server = await startApp()
    client = createClient(server)
    other = await server.addOrganization('org_other')
    fileId = (await client.uploadFile(textFile())).id
    uploadId = (await client.startUpload(textFile('open.txt'))).fileId
    keyId = json<{ id: string }>(await client.post('/api-keys', { key_name: 'A key' })).id
  })
  after(() => server.stop())

  const realPath = (path: string) =>
    path
      .replace('/uploads/:file_id', `/uploads/${uploadId}`)
      .replace(':file_id', fileId)
      .replace(':key_id', keyId)

  function sendWith(method: string, path: string, credentials: Record<string, string>): Promise<Answer> {
    const body = { filename: 'x.txt', file_size: 1, mime_type: 'text/plain', gcs_path: 'x' }
    const options = method === 'POST' ? { credentials, body } : { credentials }
    return client.send(method, realPath(path), options)
  }

  describe('a right key', () => {
    it('is accepted in X-API-Key', async () => {
      const answer = await client.get('/files', { credentials: { 'x-api-key': client.apiKey } })
      assert.equal(answer.status, 200)
    })

    it('is accepted in Authorization: Bearer', async () => {
      const credentials = { authorization: `Bearer ${client.apiKey}` }
      assert.equal((await client.get('/files', { credentials })).status, 200)
    })

    it('has the documented format', () => {
      assert.match(client.apiKey, /^oak_live_[0-9A-Za-z]{43}$/)
    })
  })

  for (const [method, path] of NEED_KEY) {
    describe(`${method} ${path}`, () => {
      it('is refused without a key', async () => {
        assertError(await sendWith(method, path, {}), 401, 'AUTHENTICATION_REQUIRED')
      })

      it('is refused with a wrong key', async () => {
        const wrong = { 'x-api-key': `oak_live_${'A'.repeat(43)}` }
        assertError(await sendWith(method, path, wrong), 401, 'INVALID_API_KEY')
      })

      it('is refused with the key of another organization', async () => {
        const foreign = { 'x-api-key': other.apiKey }
        assertError(await sendWith(method, path, foreign), 403, 'ORGANIZATION_ACCESS_DENIED')
      })
    })
  }

  describe('a malformed key', () => {
    const altered = (key: string) => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
    const cases: readonly [title: string, key: (right: string) => string][] = [
      ['only the prefix', () => 'oak_live_'],
      ['no prefix', (right) => right.slice('oak_live_'.length)],
      ['the last character altered', altered],
      ['one character short', (right) => right.slice(0, -1)],
      ['one character long', (right) => `${right}a`],
      ['the case swapped', (right) => right.toUpperCase()],
      ['4,000 characters', () => 'a'.repeat(4000)],
      ['Latin-1 characters', () => 'oak_live_\xe9\xff'],
      ['SQL', () => "' OR '1'='1"],
      ['two keys in one header', (right) => `${right}, ${right}`],
    ]
    for (const [title, key] of cases) {
      it(`is refused: ${title}`, async () => {
        const answer = await client.get('/files', { credentials: { 'x-api-key': key(client.apiKey) } })
        assertError(answer, 401, 'INVALID_API_KEY')
      })
    }

    it('is refused as a bearer token too', async () => {
      const answer = await client.get('/files', { credentials: { authorization: 'Bearer nonsense' } })
      assertError(answer, 401, 'INVALID_API_KEY')
    })

    it('is refused in another scheme, even when the secret is right', async () => {
      const basic = Buffer.from(`key:${client.apiKey}`).toString('base64')
      for (const authorization of [`Basic ${basic}`, client.apiKey, 'Bearer', 'Bearer ']) {
        assertRefused(await client.get('/files', { credentials: { authorization } }), [401])
      }
    })

    it('is ignored in the query', async () => {
      const answer = await client.get(`/files?api_key=${client.apiKey}`, { credentials: {} })
      assertError(answer, 401, 'AUTHENTICATION_REQUIRED')
    })
  })

  describe('the key is checked before the body', () => {
    const bodies: readonly [title: string, body: string, contentType: string][] = [
      ['no field', '{}', 'application/json'],
      ['broken JSON', '{"filename":', 'application/json'],
      ['no JSON object', 'null', 'application/json'],
      ['a wrong content type', 'filename=x', 'application/x-www-form-urlencoded'],
    ]
    for (const [title, body, contentType] of bodies) {
      it(`${title}: no key is 401, a foreign key is 403`, async () => {
        const headers = { 'content-type': contentType }
        for (const path of ['/files/upload-url', '/files']) {
          const keyless = await client.post(path, body, { headers, credentials: {} })
          assertError(keyless, 401, 'AUTHENTICATION_REQUIRED')
          const credentials = { 'x-api-key': other.apiKey }
          const foreign = await client.post(path, body, { headers, credentials })
          assertError(foreign, 403, 'ORGANIZATION_ACCESS_DENIED')
        }
      })
    }

    it('and before the query', async () => {
      const answer = await client.get('/files?page=0', { credentials: {} })
      assertError(answer, 401, 'AUTHENTICATION_REQUIRED')
    })
  })

  describe("another organization's id in the path", () => {
    const filesOf = (organizationId: string, credentials: Record<string, string>) =>
      sendToApi(server, 'GET', `/v1/organizations/${organizationId}/files`, { credentials })

    it('gets the same answer for an existing and an unknown organization', async () => {
      const credentials = { 'x-api-key': client.apiKey }
      const existing = await filesOf('org_other', credentials)
      const missing = await filesOf('org_absent', credentials)
      assertError(existing, 403, 'ORGANIZATION_ACCESS_DENIED')
      assertError(missing, 403, 'ORGANIZATION_ACCESS_DENIED')
      const comparable = (answer: Answer, id: string) => {
        const { trace_id, timestamp, ...rest } = errorOf(answer)
        return JSON.stringify(rest).replaceAll(id, 'ID')
      }
      assert.equal(comparable(existing, 'org_other'), comparable(missing, 'org_absent'))
    })

    it('needs a valid key first', async () => {
      assertError(await filesOf('org_other', {}), 401, 'AUTHENTICATION_REQUIRED')
      assertError(await filesOf('org_absent', { 'x-api-key': 'wrong' }), 401, 'INVALID_API_KEY')
    })

    const malformed = [
      ...['org', 'org_', 'ORG_1', 'org-1', '%20', 'org_%00', 'org_%ed%a0%80', 'org_%F0%9F%98%80'],
      ...[
        '%2e%2e',
        '..%2F..%2Fetc',
        `org_${'a'.repeat(65)}`,
        `org_${'a'.repeat(5000)}`,
        "org_'--",
        '%zz',
        '%',
      ],
    ]
    for (const id of malformed) {
      it(`is refused when malformed: ${id.slice(0, 70)}`, async () => {
        const answer = await filesOf(id, { 'x-api-key': client.apiKey })
        assertRefused(answer, [400, 403, 404, 414, 422])
      })
    }
  })

  it('has changed nothing after all these refusals', async () => {
    assert.equal((await client.get(`/files/${fileId}`)).status, 200)
    assert.equal(await client.countFiles(), 1)
    assert.equal(await client.countUploads(), 1)
    const key = json<Record<string, unknown>>(await client.get(`/api-keys/${keyId}`))
    const { key_name, is_active, is_paused, last_used_at } = key
    const unchanged = { key_name: 'A key', is_active: true, is_paused: false, last_used_at: null }
    assert.deepEqual({ key_name, is_active, is_paused, last_used_at }, unchanged)
    assert.equal(json<{ total: number }>(await client.get('/api-keys')).total, 2)
    const others = await createClient(server, other).get('/files')
    assert.deepEqual(json<{ files: unknown[] }>(others).files, [])
  })

  describe('data of another organization', () => {
    let others: Client

    before(() => {
      others = createClient(server, other)
    })

    it('is not in the lists', async () => {
      const file = await others.uploadFile(textFile('theirs.txt'))
      const upload = await others.startUpload(textFile('theirs.txt'))
      for (const path of ['/files?limit=100', '/files/uploads?limit=100']) {
        const text = (await client.get(path)).bytes.toString()
        assert.ok(!text.includes(file.id) && !text.includes(upload.fileId) && !text.includes('theirs'))
      }
      assert.equal(await others.countFiles(), 1)
      assert.equal(await others.countUploads(), 1)
    })

    it('is not revealed by a cursor', async () => {
      const file = await others.uploadFile(textFile('theirs.txt'))
      const upload = await others.startUpload(textFile('theirs.txt'))
      for (const path of [`/files?after=${file.id}`, `/files/uploads?after=${upload.fileId}`]) {
        const answer = await client.get(path)
        assertRefused(answer, [200, 404, 422])
        assert.ok(!answer.bytes.includes('theirs'))
      }
    })

    it('is answered like a file that does not exist', async () => {
      const file = await others.uploadFile(textFile())
      for (const [method, path] of NEED_KEY) {
        if (!path.startsWith('/files/:file_id')) continue
        const body = method === 'PATCH' ? { filename: 'other.txt' } : undefined
        const foreign = await client.send(method, path.replace(':file_id', file.id), { body })
        const unknown = await client.send(method, path.replace(':file_id', 'file_123'), { body })
        assertError(foreign, 404, 'FILE_NOT_FOUND')
        assert.equal(errorOf(foreign).message, errorOf(unknown).message)
      }
      assert.equal((await others.get(`/files/${file.id}`)).status, 200)
    })

    it('cannot be registered by its path, in any state', async () => {
      const open = await others.startUpload(textFile())
      const stored = await others.storeObject(textFile())
      const registered = await others.storeObject(textFile())
      assert.equal((await others.register(registered.register)).status, 201)
      for (const { register } of [open, stored, registered]) {
        assertError(await client.register(register), 404, 'UPLOAD_NOT_FOUND')
      }
      assert.equal((await others.register(stored.register)).status, 201)
    })

    it('cannot be cancelled, before and after it is registered', async () => {
      const { fileId, register } = await others.storeObject(textFile())
      assertError(await client.del(`/files/uploads/${fileId}`), 404, 'UPLOAD_NOT_FOUND')
      assert.equal((await others.register(register)).status, 201)
      assertError(await client.del(`/files/uploads/${fileId}`), 404, 'UPLOAD_NOT_FOUND')
    })

    it('cannot be downloaded under the path of another organization', async () => {
      const file = await others.uploadFile(textFile('theirs.txt', 'secret words'))
      const url = (await others.content(file.id)).download_url
      const crossed = url.slice(server.url.length).replace(others.organizationId, client.organizationId)
      const answer = await sendToApi(server, 'GET', crossed)
      assertRefused(answer, [401, 403, 404])
      assert.ok(!answer.bytes.includes('secret words'))
    })
  })
})
