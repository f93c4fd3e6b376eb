import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { suspendOrganization } from '../../src/operations/organizations/update-organization.ts'
import { exchange, json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, send, sendOk, uploadText } from './exchange.ts'

const ORIGIN = 'https://app.example.com'

const UNSERVED: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/responses/compact'],
  ['POST', '/assistants'],
  ['POST', '/batches'],
  ['POST', '/fine_tuning/jobs'],
  ['GET', '/evals'],
  ['POST', '/graders/run'],
  ['POST', '/images/generations'],
  ['POST', '/audio/speech'],
  ['POST', '/moderations'],
  ['GET', '/containers'],
  ['GET', '/skills'],
  ['GET', '/videos'],
  ['POST', '/realtime/sessions'],
  ['GET', '/live'],
  ['GET', '/decisions'],
  ['GET', '/organization/usage/completions'],
]

describe('the OpenAI API', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { CORS_ORIGINS: ORIGIN, RATE_LIMIT_PER_MINUTE: '1000' } })
  })
  after(() => server?.stop())

  for (const [method, path] of UNSERVED) {
    it(`says that it does not serve ${method} ${path}`, async () => {
      const answer = await send(server, method, path, method === 'POST' ? { body: {} } : {})
      const { message } = assertError(answer, 404, { code: 'unsupported_endpoint', param: null })
      assert.ok(message.includes(`${method} /v1${path}`), message)
    })
  }

  it('takes threads with the header of the Assistants API for its own', async () => {
    const headers = { 'openai-beta': 'assistants=v2' }
    const put = await send(server, 'PUT', '/threads', { headers })
    assertError(put, 404, { code: 'unsupported_endpoint' })
    assert.equal(put.headers.allow, undefined)
    assertError(await send(server, 'POST', '/threads', { body: {}, headers }), 404, {
      code: 'unsupported_endpoint',
    })
  })

  for (const path of ['/nothing', '/file', '/files/a/b', '/files/%zz', '/vector_stores/vs_1/nothing', '/']) {
    it(`calls ${path} an invalid URL`, async () => {
      const answer = await send(server, 'GET', `${path}?token=secret`)
      assertError(answer, 404, { message: `Invalid URL (GET /v1${path})`, code: null, param: null })
    })
  }

  for (const path of [
    '/organizations/org_1/nothing',
    '/health/nothing',
    '/model/nothing',
    '/threads/thrd_1/nothing',
    '/organizations',
  ]) {
    it(`leaves ${path} to the JSON API`, async () => {
      const answer = await send(server, 'GET', path)
      assert.equal(answer.status, 404)
      const { success, error } = json<{ success: boolean; error: { code: string } }>(answer)
      assert.deepEqual([success, error.code], [false, 'NOT_FOUND'])
    })
  }

  it('deletes no model', async () => {
    assertError(await send(server, 'DELETE', '/models/a'), 403, { code: 'missing_scope' })
  })

  for (const [method, path, allow] of [
    ['PUT', '/files', 'GET, HEAD, POST'],
    ['PATCH', '/files/file-1', 'DELETE, GET, HEAD'],
    ['DELETE', '/vector_stores', 'GET, HEAD, POST'],
    ['PUT', '/vector_stores/vs_1/search', 'POST'],
  ] as const) {
    it(`refuses ${method} ${path}`, async () => {
      const answer = await send(server, method, path)
      assertError(answer, 405, { code: 'method_not_allowed' })
      assert.deepEqual(String(answer.headers.allow).split(', ').sort(), allow.split(', '))
    })
  }

  it('refuses bodies that are no JSON objects', async () => {
    const headers = { 'content-type': 'application/json' }
    const post = (body: string | Uint8Array) => send(server, 'POST', '/vector_stores', { body, headers })
    for (const body of ['{', 'x', '{"a":1', '{"__proto__":{}}', Buffer.of(0x22, 0xff, 0x22)])
      assertError(await post(body), 400, { code: 'invalid_json' })
    for (const body of ['[]', '"x"', '1', 'true'])
      assertError(await post(body), 400, { code: 'invalid_type', param: null })
    assertError(await post(`"${'x'.repeat(1_100_000)}"`), 413)
    assertError(
      await send(server, 'POST', '/vector_stores', {
        body: 'a=1',
        headers: { 'content-type': 'text/plain' },
      }),
      415,
      {
        code: 'unsupported_content_type',
      },
    )
  })

  it('takes an empty body for an empty object', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }])
      await sendOk(server, 'POST', '/vector_stores', { body: '', headers })
  })

  it('refuses keys with the reason', async () => {
    const { context, organizationId } = server
    const operator = operatorCaller(organizationId)
    const withoutKey = await send(server, 'GET', '/files', { headers: { authorization: 'Basic x' } })
    assertError(withoutKey, 401, { code: 'invalid_api_key', message: 'An API key is required.' })
    assertError(await send(server, 'GET', '/files', { apiKey: 'oak_live_wrong' }), 401, {
      code: 'invalid_api_key',
      message: 'The API key is not valid.',
    })
    const reader = await createApiKey(context, operator, { name: 'k', scopes: ['files:read'] })
    const scope = assertError(await send(server, 'DELETE', '/files/file-1', { apiKey: reader.secret }), 403, {
      code: 'missing_scope',
    })
    assert.match(scope.message, /files:write/)
    assertError(await send(server, 'GET', '/vector_stores', { apiKey: reader.secret }), 403, {
      code: 'missing_scope',
    })
    const path = `/organizations/${organizationId}/api-keys/${reader.apiKey.id}`
    assert.equal((await send(server, 'POST', `${path}/pause`)).status, 200)
    assertError(await send(server, 'GET', '/files', { apiKey: reader.secret }), 401, {
      code: 'invalid_api_key',
      message: 'The API key is paused.',
    })
  })

  it('takes the key from X-API-Key too', async () => {
    const headers = { authorization: '', 'x-api-key': server.apiKey }
    assert.equal((await send(server, 'GET', '/files', { headers })).status, 200)
  })

  it('ignores organizations of OpenAI, and refuses another one of its own', async () => {
    const list = (id: string) => send(server, 'GET', '/files', { headers: { 'openai-organization': id } })
    for (const id of ['org-abc123', 'Personal', '', server.organizationId])
      assert.equal((await list(id)).status, 200)
    assertError(await list('org_another'), 401, { code: 'mismatched_organization' })
  })

  it('refuses a suspended organization', async () => {
    const { organizationId, apiKey } = await server.addOrganization('org_suspended')
    await suspendOrganization(server.context, operatorCaller(organizationId))
    assertError(await send(server, 'GET', '/files', { apiKey }), 401, { code: 'invalid_api_key' })
  })

  it('has the headers of OpenAI on every answer', async () => {
    const id = await uploadText(server)
    for (const path of [`/files/${id}`, '/files/file-unknown', `/files/${id}/content`, '/vector_stores']) {
      const { headers } = await send(server, 'GET', path, { headers: { 'x-request-id': 'mine-1' } })
      assert.equal(headers['x-request-id'], 'mine-1')
      assert.equal(headers['openai-version'], '2020-10-01')
      assert.equal(headers['openai-organization'], server.organizationId)
      assert.match(String(headers['openai-processing-ms']), /^\d+$/)
      assert.equal(headers['x-ratelimit-limit-requests'], headers['x-ratelimit-limit'])
      assert.equal(headers['x-ratelimit-remaining-requests'], headers['x-ratelimit-remaining'])
      assert.match(String(headers['x-ratelimit-reset-requests']), /^(\d+m)?\d+s$/)
    }
    for (const path of ['/nothing', '/models']) {
      const { headers } = await send(server, 'GET', path)
      assert.equal(headers['openai-version'], '2020-10-01')
      assert.match(String(headers['openai-processing-ms']), /^\d+$/)
    }
  })

  it('lets web pages send the headers of its clients and read those of its answers', async () => {
    const asked = 'authorization,content-type,openai-beta,openai-organization,openai-project,x-stainless-lang'
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    }
    const preflight = await send(server, 'OPTIONS', '/files', { headers })
    assert.ok(preflight.status < 300)
    const allowed = String(preflight.headers['access-control-allow-headers']).split(/, ?/).sort()
    assert.deepEqual(allowed, asked.split(',').sort())
    const answer = await send(server, 'GET', '/files', { headers: { origin: ORIGIN } })
    const exposed = String(answer.headers['access-control-expose-headers']).split(/, ?/)
    for (const name of [
      'x-request-id',
      'retry-after-ms',
      'openai-organization',
      'x-ratelimit-limit-requests',
    ])
      assert.ok(exposed.includes(name), name)
  })

  for (const [method, path, status] of [
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/chat/completions/x', 404],
    ['POST', '/v1/images/generations', 404],
    ['PUT', '/v1/files', 405],
    ['GET', '/v1/organizations/org_1/nothing', 404],
    ['PUT', '/v1/organizations/org_1/files', 405],
    ['GET', '/nothing', 404],
  ] as const) {
    it(`lets web pages read that ${method} ${path} is refused with ${status}`, async () => {
      const preflight = await exchange(server.url, 'OPTIONS', path, {
        origin: ORIGIN,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      })
      assert.equal(preflight.status, 204)
      assert.equal(preflight.headers['access-control-allow-origin'], ORIGIN)
      assert.ok(String(preflight.headers['access-control-allow-methods']).split(', ').includes(method))
      assert.equal(preflight.headers['access-control-allow-headers'], 'authorization')
      const answer = await exchange(server.url, method, path, { origin: ORIGIN })
      assert.equal(answer.status, status)
      assert.equal(answer.headers['access-control-allow-origin'], ORIGIN)
      assert.match(String(answer.headers['access-control-expose-headers']), /x-request-id/)
      const foreign = await exchange(server.url, method, path, { origin: 'https://other.example.com' })
      assert.deepEqual([foreign.status, foreign.headers['access-control-allow-origin']], [status, undefined])
    })
  }
})

describe('an error before the hook of CORS', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { CORS_ORIGINS: ORIGIN } })
  })
  after(() => server.stop())

  /** Sends headers that may be there twice. */
  const get = async (path: string, headers: readonly string[]): Promise<IncomingMessage> => {
    const outgoing = request(`${server.url}${path}`, { headers: [...headers], setHost: false }).end()
    const [answer] = await once(outgoing, 'response')
    return (answer as IncomingMessage).resume()
  }

  for (const [name, path, hosts, status] of [
    ['a malformed URL', '/v1/files/%zz', ['host', 'a'], 404],
    ['two Host headers', '/v1/files', ['host', 'a', 'host', 'b'], 400],
  ] as const) {
    it(`can be read by a page of CORS_ORIGINS, and by no other: ${name}`, async () => {
      const { statusCode, headers } = await get(path, [...hosts, 'origin', ORIGIN])
      assert.deepEqual([statusCode, headers['access-control-allow-origin']], [status, ORIGIN])
      assert.match(String(headers['access-control-expose-headers']), /x-request-id/)
      const foreign = await get(path, [...hosts, 'origin', 'https://other.example.com'])
      assert.deepEqual(
        [foreign.statusCode, foreign.headers['access-control-allow-origin']],
        [status, undefined],
      )
    })
  }
})

describe('a key of the OpenAI API beyond its rate limit', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '1' } })
  })
  after(() => server?.stop())

  it('learns when to retry', async () => {
    assert.equal((await send(server, 'GET', '/files')).status, 200)
    const answer = await send(server, 'GET', '/files')
    assertError(answer, 429, { code: 'rate_limit_exceeded' })
    const waitMs = Number(answer.headers['retry-after-ms'])
    assert.ok(waitMs > 0 && waitMs <= 60_000)
    assert.equal(answer.headers['x-ratelimit-remaining-requests'], '0')
  })
})
