import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { json } from '../api/exchange.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { eventually } from '../protocol/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, send, sendOk, uploadText } from './exchange.ts'

const MESSAGES = [{ role: 'user', content: 'a secret question' }]

describe('models of the OpenAI API', () => {
  let upstream: ScriptedModelServer
  let server: TestApp
  before(async () => {
    upstream = await startScriptedModelServer()
    const env = { MODEL_SERVER_URL: upstream.url, MODEL_SERVER_API_KEY: 'operators-key', CHAT_MODEL: 'tiny' }
    server = await startApp({
      env: { ...env, MODEL_CONCURRENCY: '1', MODEL_SERVER_TIMEOUT: '1', LOG_LEVEL: 'trace' },
    })
  })
  after(async () => {
    await server?.stop()
    await upstream?.stop()
  })
  beforeEach(() => {
    upstream.play()
    upstream.requests.length = 0
    upstream.cancelled.length = 0
  })

  const chat = (body: object = {}) =>
    send(server, 'POST', '/chat/completions', { body: { messages: MESSAGES, ...body } })

  it('are listed with all members', async () => {
    const data = [
      { id: 'tiny', object: 'model', created: 0, owned_by: 'model-server' },
      { id: 'org/large', object: 'model', created: 5, owned_by: 'someone' },
    ]
    assert.deepEqual(await sendOk(server, 'GET', '/models'), { object: 'list', data })
  })

  for (const path of ['org/large', 'org%2Flarge', 'tiny']) {
    it(`are found under /models/${path}`, async () => {
      const model = await sendOk<{ id: string }>(server, 'GET', `/models/${path}`)
      assert.equal(model.id, decodeURIComponent(path))
    })
  }

  it('that do not exist are not found, and none can be deleted', async () => {
    for (const path of ['nothing', 'org/nothing', 'org%2Fnothing'])
      assertError(await send(server, 'GET', `/models/${path}`), 404, { code: 'model_not_found' })
    for (const path of ['tiny', 'org/large', 'org%2Flarge'])
      assertError(await send(server, 'DELETE', `/models/${path}`), 403)
  })

  it('embed texts as floats, and as base64 of little-endian floats', async () => {
    const body = { model: 'tiny', input: ['a', 'b'], user: null, dimensions: null }
    const usage = { prompt_tokens: 3, total_tokens: 3 }
    const expected = (embeddings: readonly unknown[]) => ({
      ...{ object: 'list', model: 'tiny', usage },
      data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    })
    const floats = [
      [0.5, -1, 0],
      [0.5, -1, 1],
    ]
    assert.deepEqual(await sendOk(server, 'POST', '/embeddings', { body }), expected(floats))
    const encoded = floats.map((vector) => Buffer.from(new Float32Array(vector).buffer).toString('base64'))
    const asked = { ...body, encoding_format: 'base64' }
    assert.deepEqual(await sendOk(server, 'POST', '/embeddings', { body: asked }), expected(encoded))
    for (const { body: sent } of upstream.requests)
      assert.deepEqual(sent, { model: 'tiny', input: ['a', 'b'], encoding_format: 'float' })
  })

  it('embed tokens: one list is one text', async () => {
    const one = await sendOk<{ data: unknown[] }>(server, 'POST', '/embeddings', { body: { input: [1, 2] } })
      .then(({ data }) => data.length)
      .catch(() => 0)
    // The scripted server counts the tokens as texts, and its answer is refused.
    assert.equal(one, 0)
    const two = await sendOk<{ data: unknown[] }>(server, 'POST', '/embeddings', {
      body: { input: [[1, 2], [3]] },
    })
    assert.equal(two.data.length, 2)
  })

  const INVALID: readonly (readonly [input: unknown, code: string, param: string])[] = [
    [undefined, 'missing_required_parameter', 'input'],
    ['', 'invalid_value', 'input'],
    [[], 'invalid_value', 'input'],
    [[''], 'invalid_value', 'input[0]'],
    [['a', 1], 'invalid_type', 'input[1]'],
    [Array(2049).fill('a'), 'array_above_max_length', 'input'],
    [{}, 'invalid_type', 'input'],
  ]
  for (const [input, code, param] of INVALID) {
    it(`refuse to embed ${JSON.stringify(input)?.slice(0, 20)}`, async () => {
      assertError(await send(server, 'POST', '/embeddings', { body: { input } }), 400, { code, param })
      assert.equal(upstream.requests.length, 0)
    })
  }

  it('complete chats: the body goes on, without what is ours, and without the credentials', async () => {
    upstream.play({ kind: 'text', pieces: ['Hel', 'lo'] })
    const answer = await send(server, 'POST', '/chat/completions', {
      body: { model: null, messages: MESSAGES, seed: 7, store: true, metadata: { a: 'b' } },
      headers: { cookie: 'a=b', 'openai-organization': 'org-x', 'openai-project': 'p' },
    })
    assert.equal(answer.status, 200)
    assert.equal(
      json<{ choices: { message: { content: string } }[] }>(answer).choices[0]?.message.content,
      'Hello',
    )
    const [request] = upstream.requests
    assert.deepEqual(request?.body, { model: 'tiny', messages: MESSAGES, seed: 7 })
    assert.equal(request?.headers.authorization, 'Bearer operators-key')
    for (const name of ['cookie', 'openai-organization', 'openai-project', 'x-api-key'])
      assert.equal(request?.headers[name], undefined)
    assert.ok(!JSON.stringify(request).includes(server.apiKey))
    assert.ok(!server.output().includes('a secret question'))
  })

  it('stream byte for byte', async () => {
    const text =
      ': odd\n\ndata: {"choices":[],"x":"Wöl"}\r\n\r\ndata: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n'
    upstream.play({ kind: 'raw', text })
    const answer = await chat({ stream: true, stream_options: { include_usage: true } })
    assert.equal(answer.headers['content-type'], 'text/event-stream')
    assert.equal(answer.bytes.toString(), text)
  })

  it('end a stream that breaks off with an error, and free its slot', async () => {
    for (const text of ['data: {"choices":[]}\n\n', 'data: {"choices":[]}\n\ndata: {"cho']) {
      upstream.play({ kind: 'raw', text, breaksOff: true })
      const answer = await chat({ stream: true })
      assert.equal(answer.status, 200)
      const events = answer.bytes.toString().split('\n').filter(Boolean)
      const [first, last] = events.map((line) => JSON.parse(line.slice('data:'.length)))
      assert.deepEqual(first, { choices: [] })
      assert.deepEqual([last.error.code, last.error.type], ['model_server_error', 'server_error'])
    }
    assert.equal((await chat()).status, 200)
  })

  it('answer with an error when the rest of an answer is missing', async () => {
    upstream.play({ kind: 'raw', text: '{"choices":', breaksOff: true })
    assertError(await chat(), 502, { code: 'model_server_error' })
  })

  it('get no values that are nested more than 200 levels deep', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
    for (const [path, above, body] of [
      ['/chat/completions', 1, { messages: MESSAGES, extra: 'HERE' }],
      ['/responses', 3, { input: 'hi', tools: [{ type: 'function', name: 'f', parameters: 'HERE' }] }],
      [
        '/responses',
        3,
        { input: 'hi', text: { format: { type: 'json_schema', name: 'a', schema: 'HERE' } } },
      ],
    ] as const) {
      const sendNested = (levels: number) =>
        send(server, 'POST', path, {
          body: JSON.stringify(body).replace('"HERE"', nested(levels - above)),
          headers: { 'content-type': 'application/json' },
        })
      const accepted = await sendNested(200)
      assert.equal(accepted.status, 200, accepted.bytes.toString())
      const message = 'The body is nested more than 200 levels deep.'
      for (const levels of [201, 5000, 50_000]) assertError(await sendNested(levels), 400, { message })
    }
    assert.equal(upstream.requests.length, 3)
  })

  it('complete a chat once for repeated requests with a key', async () => {
    const sent = { body: { messages: MESSAGES }, headers: { 'idempotency-key': 'chat' } }
    const [first, second] = [1, 2].map(() => send(server, 'POST', '/chat/completions', sent))
    assert.deepEqual(json((await first) ?? assert.fail()), json((await second) ?? assert.fail()))
    assert.equal(upstream.requests.length, 1)
  })

  it('complete texts', async () => {
    upstream.play({ kind: 'status', status: 200, body: { object: 'text_completion' } })
    const body = { model: 'tiny', prompt: 'x' }
    assert.deepEqual(await sendOk(server, 'POST', '/completions', { body }), { object: 'text_completion' })
    assert.deepEqual([upstream.requests[0]?.path, upstream.requests[0]?.body], ['/v1/completions', body])
  })

  it('read Files by their ids', async () => {
    const id = await uploadText(server, 'The code is 4711.', 'code.txt')
    const other = { type: 'text', text: 'What?' }
    const file = { type: 'file', file: { file_id: id } }
    const answer = await chat({ messages: [MESSAGES[0], { role: 'user', content: [other, file] }] })
    assert.equal(answer.status, 200, answer.bytes.toString())
    const messages = upstream.requests[0]?.body.messages as { content: { text: string }[] }[] | undefined
    const content = messages?.[1]?.content ?? []
    assert.deepEqual(content[0], other)
    assert.match(content[1]?.text ?? '', /code\.txt[\s\S]*The code is 4711\./)
    const missing = { type: 'file', file: { file_id: 'file-unknown' } }
    assertError(await chat({ messages: [{ role: 'user', content: [other, missing] }] }), 404, {
      param: 'messages[0].content[1].file.file_id',
    })
    const image = await uploadText(server, '\u0000\u0001binary', 'a.bin')
    const unread = { type: 'file', file: { file_id: image } }
    assertError(await chat({ messages: [{ role: 'user', content: [unread] }] }), 400, {
      code: 'unsupported_file',
    })
  })

  it('are cancelled when the client goes away', async () => {
    upstream.play({ kind: 'stall' })
    const client = new AbortController()
    const asked = fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: MESSAGES, stream: true }),
      signal: client.signal,
    }).catch(() => null)
    await eventually('the request arrives', () => upstream.requests[0])
    const refused = await chat()
    assertError(refused, 429, { code: 'rate_limit_exceeded' })
    assert.equal(refused.headers['retry-after'], '1')
    client.abort()
    await asked
    await eventually('the call is cancelled', () => upstream.cancelled[0])
  })

  const refusal = { error: { message: 'bad role', code: 'invalid_role', param: 'messages' } }
  for (const [status, expected, code] of [
    [400, 400, 'invalid_role'],
    [401, 502, 'model_server_error'],
    [403, 502, 'model_server_error'],
    [404, 404, 'model_not_found'],
    [413, 413, 'file_too_large'],
    [429, 429, 'rate_limit_exceeded'],
    [500, 502, 'model_server_error'],
  ] as const) {
    it(`answer ${expected} when the model server answers ${status}`, async () => {
      upstream.play({ kind: 'status', status, body: refusal, headers: { 'retry-after': '7' } })
      const answer = await chat()
      assertError(answer, expected, { code })
      if (status === 400) assertError(answer, 400, { message: 'bad role', param: 'messages' })
      if (status === 429) {
        assert.equal(answer.headers['retry-after'], '7')
        assert.equal(answer.headers['retry-after-ms'], '7000')
      }
    })
  }

  it('answer 502 when the model server answers a page, and free their slot', async () => {
    for (const contentType of ['text/html; charset=utf-8', 'text/plain', 'application/jsonp'])
      for (const stream of [false, true]) {
        const headers = { 'content-type': contentType }
        upstream.play({ kind: 'status', status: 200, body: '<h1>Sign in</h1>', headers })
        assertError(await chat({ stream }), 502, { code: 'model_server_error' })
      }
    for (const contentType of ['Application/JSON;charset=utf-8', 'application/problem+json']) {
      const headers = { 'content-type': contentType }
      upstream.play({ kind: 'status', status: 200, body: {}, headers })
      assert.equal((await chat()).status, 200)
    }
  })

  it('answer 504 when the model server is silent', async () => {
    upstream.play({ kind: 'stall' })
    assertError(await chat(), 504, { code: 'model_server_timeout' })
  })

  it('keep no completions', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/chatcmpl-1'],
      ['POST', '/chatcmpl-1'],
      ['DELETE', '/chatcmpl-1'],
      ['GET', '/chatcmpl-1/messages'],
    ] as const) {
      const sent = method === 'POST' ? { body: {} } : {}
      const answer = await send(server, method, `/chat/completions${path}`, sent)
      assertError(answer, 404, { code: 'unsupported_endpoint' })
    }
  })
})

describe('models of the OpenAI API without a model server', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  it('are none', async () => {
    assert.deepEqual(await sendOk(server, 'GET', '/models'), { object: 'list', data: [] })
  })

  for (const [path, body] of [
    ['/chat/completions', { model: 'a', messages: MESSAGES }],
    ['/completions', { model: 'a', prompt: 'x' }],
    ['/embeddings', { model: 'a', input: 'x' }],
  ] as const) {
    it(`refuse ${path} without a retry`, async () => {
      const answer = await send(server, 'POST', path, { body })
      assertError(answer, 503, { code: 'model_server_not_configured' })
      assert.equal(answer.headers['x-should-retry'], 'false')
    })
  }
})
