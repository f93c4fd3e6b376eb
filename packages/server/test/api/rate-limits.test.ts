import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, putObject, sendToApi, textFile } from './client.ts'
import { assertError, errorOf } from './envelope.ts'
import { type Answer, json } from './exchange.ts'

const LIMIT = 12
const ORIGIN = 'https://console.example'

const headerOf = ({ headers }: Answer, name: string): number => {
  assert.match(String(headers[name]), /^\d+$/, name)
  return Number(headers[name])
}

function assertUncounted({ headers }: Answer): void {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-ratelimit'))
  assert.deepEqual(names, [])
}

/** Asserts an integer number of seconds, at most a minute. */
function assertSeconds(seconds: number): void {
  assert.ok(seconds >= 1 && seconds <= 60, String(seconds))
}

describe(`RATE_LIMIT_PER_MINUTE=${LIMIT}`, () => {
  let server: TestApp
  const keys: string[] = []
  before(async () => {
    server = await startApp({ env: { RATE_LIMIT_PER_MINUTE: String(LIMIT), CORS_ORIGINS: ORIGIN } })
    const first = createClient(server)
    for (let index = 0; index < LIMIT; index++) {
      const made = await first.post('/api-keys', { key_name: `Key ${index}`, scopes: ['admin'] })
      keys.push(json<{ key: string }>(made).key)
    }
  })
  after(() => server.stop())

  /** Creates a client with a new key. */
  const newClient = (): Client => {
    const apiKey = keys.pop() ?? assert.fail('no key is left')
    return createClient(server, { organizationId: server.organizationId, apiKey })
  }

  it('shows the remaining requests in each answer, also in refusals', async () => {
    const client = newClient()
    const answers: [Answer, status: number][] = [
      [await client.get('/files'), 200],
      [await client.get(''), 200],
      [await client.get('/files/file_123'), 404],
      [await client.get('/files?page=0'), 422],
      [await client.post('/files', '{'), 400],
      [await client.del('/files/uploads/file_123'), 404],
      [await client.send('HEAD', '/files'), 200],
    ]
    for (const [index, [answer, status]] of answers.entries()) {
      assert.equal(answer.status, status)
      assert.equal(headerOf(answer, 'x-ratelimit-limit'), LIMIT)
      assert.equal(headerOf(answer, 'x-ratelimit-remaining'), LIMIT - index - 1)
      assertSeconds(headerOf(answer, 'x-ratelimit-reset'))
      assert.equal(answer.headers['retry-after'], undefined)
    }
  })

  it('counts refused requests of a valid key too', async () => {
    const client = newClient()
    const foreign = createClient(server, { organizationId: 'org_absent', apiKey: client.apiKey })
    const denied = await foreign.get('/files')
    assertError(denied, 403, 'ORGANIZATION_ACCESS_DENIED')
    assert.equal(headerOf(denied, 'x-ratelimit-remaining'), LIMIT - 1)
    const made = await client.post('/api-keys', { key_name: 'Reader', scopes: ['files:read'] })
    const credentials = { 'x-api-key': json<{ key: string }>(made).key }
    const refused = await client.get('/api-keys', { credentials })
    assertError(refused, 403, 'INSUFFICIENT_PERMISSIONS')
    assert.equal(headerOf(refused, 'x-ratelimit-remaining'), LIMIT - 1)
  })

  it('refuses requests above the limit with the time of the next one, and does nothing', async () => {
    const client = newClient()
    const upload = { filename: 'a.txt', file_size: 1, mime_type: 'text/plain' }
    const ask = () => client.post('/files/upload-url', upload)
    const answers = await Promise.all(Array.from({ length: LIMIT + 5 }, ask))
    const statuses = answers.map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [...Array(LIMIT).fill(200), ...Array(5).fill(429)])
    for (const answer of answers.filter(({ status }) => status === 429)) {
      assertError(answer, 429, 'RATE_LIMIT_EXCEEDED')
      assert.equal(headerOf(answer, 'x-ratelimit-limit'), LIMIT)
      assert.equal(headerOf(answer, 'x-ratelimit-remaining'), 0)
      const retrySeconds = headerOf(answer, 'retry-after')
      assertSeconds(retrySeconds)
      assert.equal(errorOf(answer).details.retry_after_seconds, retrySeconds)
    }
    const bearer = { authorization: `Bearer ${client.apiKey}` }
    assertError(await client.get('/files', { credentials: bearer }), 429, 'RATE_LIMIT_EXCEEDED')
    assertError(await client.post('/files', '{'), 429, 'RATE_LIMIT_EXCEEDED')
  })

  it('lets a page in a browser read the time of the next request', async () => {
    const client = newClient()
    const ask = () => client.get('/files', { headers: { origin: ORIGIN } })
    await Promise.all(Array.from({ length: LIMIT }, ask))
    const refused = await ask()
    assertError(refused, 429, 'RATE_LIMIT_EXCEEDED')
    assert.equal(refused.headers['access-control-allow-origin'], ORIGIN)
    const exposed = String(refused.headers['access-control-expose-headers']).split(', ')
    for (const name of ['retry-after', 'x-ratelimit-reset', 'x-request-id'])
      assert.ok(exposed.includes(name), name)
  })

  it('counts each key of an organization separately', async () => {
    const client = newClient()
    const { key } = json<{ key: string }>(await client.post('/api-keys', { key_name: 'Second' }))
    await Promise.all(Array.from({ length: LIMIT }, () => client.get('/files')))
    assertError(await client.get('/files'), 429, 'RATE_LIMIT_EXCEEDED')
    const answer = await client.get('/files', { credentials: { 'x-api-key': key } })
    assert.equal(headerOf(answer, 'x-ratelimit-remaining'), LIMIT - 1)
  })

  it('does not count sessions, downloads, health and requests without a valid key', async () => {
    const client = newClient()
    const stored = await client.startUpload(textFile())
    const put = await putObject(stored.uploadUrl, textFile().bytes)
    assert.equal(put.status, 200)
    const file = json<{ id: string }>(await client.register(stored.register))
    const url = (await client.content(file.id)).download_url.slice(server.url.length)
    const answers = [put]
    for (let round = 0; round < LIMIT; round++) {
      answers.push(
        await putObject(stored.uploadUrl, Buffer.alloc(0), { 'content-range': 'bytes */*' }),
        await sendToApi(server, 'GET', url),
        await sendToApi(server, 'GET', '/v1/health', { credentials: { 'x-api-key': client.apiKey } }),
        await client.get('/files', { credentials: {} }),
        await client.get('/nowhere'),
        await client.send('PUT', '/files'),
      )
    }
    for (const answer of answers) {
      assert.notEqual(answer.status, 429)
      assertUncounted(answer)
    }
    assert.equal(headerOf(await client.get('/files'), 'x-ratelimit-remaining'), LIMIT - 4)
  })
})

describe('without RATE_LIMIT_PER_MINUTE', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  it('a key may send 6,000 requests a minute', async () => {
    const answer = await client.get('/files')
    assert.equal(headerOf(answer, 'x-ratelimit-limit'), 6000)
    assert.equal(headerOf(answer, 'x-ratelimit-remaining'), 5999)
  })

  it('wrong keys are limited, but valid ones are not', async () => {
    const send = (key: string) => client.get('/files', { credentials: { 'x-api-key': key } })
    for (let attempt = 1; attempt <= 100; attempt++) {
      assertError(await send(`oak_live_${attempt}`), 401, 'INVALID_API_KEY')
    }
    for (const key of ['oak_live_101', 'another', 'a'.repeat(4000)]) {
      const answer = await send(key)
      assertError(answer, 429, 'RATE_LIMIT_EXCEEDED')
      assertSeconds(headerOf(answer, 'retry-after'))
      assertUncounted(answer)
    }
    assert.equal((await send(client.apiKey)).status, 200)
    assertError(await client.get('/files', { credentials: {} }), 401, 'AUTHENTICATION_REQUIRED')
    const made = await client.post('/api-keys', { key_name: 'Paused' })
    const { id, key } = json<{ id: string; key: string }>(made)
    await client.send('POST', `/api-keys/${id}/pause`)
    assertError(await send(key), 401, 'API_KEY_PAUSED')
  })

  it('wrong share links are limited together with wrong keys, but valid ones are not', async () => {
    const { id } = await client.uploadFile(textFile())
    const { url } = json<{ url: string }>(await client.post(`/files/${id}/links`, {}))
    const open = (shared: string) => sendToApi(server, 'GET', shared.slice(server.url.length))
    // The limit is reached by the wrong keys before.
    assertError(await open(`${url}A`), 429, 'RATE_LIMIT_EXCEEDED')
    assert.equal((await open(url)).status, 200)
  })
})

describe('RATE_LIMIT_PER_MINUTE=0', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0' } })
  })
  after(() => server.stop())

  it('counts nothing', async () => {
    const client = createClient(server)
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/files')))
    for (const answer of answers) {
      assert.equal(answer.status, 200)
      assertUncounted(answer)
    }
  })
})
