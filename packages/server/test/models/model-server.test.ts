import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { ServiceError } from '../../src/domain/errors.ts'
import type { ServerOptions } from '../../src/models/call-server.ts'
import type { ChatChunk } from '../../src/models/model-server.ts'
import { createModelServer } from '../../src/models/openai-model-server.ts'
import { type Reply, type ScriptedModelServer, startScriptedModelServer } from './scripted-model-server.ts'

const NEVER = new AbortController().signal
const MESSAGES = [{ role: 'user', content: 'Hello' }]

describe('the client of model servers', () => {
  let upstream: ScriptedModelServer
  before(async () => {
    upstream = await startScriptedModelServer()
  })
  after(() => upstream.stop())
  beforeEach(() => {
    upstream.play()
    upstream.requests.length = 0
  })

  const clientOf = (
    servers: readonly Partial<ServerOptions>[],
    timeoutMs = 10_000,
    listTimeoutMs = timeoutMs,
  ) =>
    createModelServer({
      servers: servers.map((server) => ({ prefix: '', url: upstream.url, apiKey: null, ...server })),
      defaultModel: 'tiny',
      timeoutMs,
      listTimeoutMs,
      slotsPerOrganization: 1,
    })

  const chat = async (client = clientOf([{}]), model: unknown = 'tiny', signal = NEVER) => {
    const chunks: ChatChunk[] = []
    for await (const chunk of await client.streamChat({ model, messages: MESSAGES }, signal))
      chunks.push(chunk)
    return chunks
  }

  it('streams the pieces of an answer, its end and its tokens', async () => {
    const usage = {
      ...{ prompt_tokens: 7, completion_tokens: 5 },
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 1 },
    }
    upstream.play({ kind: 'text', pieces: ['Wöl', 'd 🌍'], finish: 'length', usage })
    const chunks = await chat()
    assert.equal(chunks.map(({ text }) => text).join(''), 'Wöld 🌍')
    assert.deepEqual(chunks.map(({ finishReason }) => finishReason).filter(Boolean), ['length'])
    assert.deepEqual(chunks.at(-1)?.usage, {
      ...{ promptTokens: 7, cachedTokens: 2, completionTokens: 5, reasoningTokens: 1 },
    })
    assert.equal(upstream.requests[0]?.body.stream, true)
  })

  it('reads calls of tools and reasoning', async () => {
    const deltas = [
      { reasoning_content: 'Think' },
      { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'search', arguments: '{"q"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    ]
    const text = deltas.map((delta) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`).join('')
    const end = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'tool_calls' }] })}\n\n`
    upstream.play({ kind: 'raw', text: `: comment\r\n${text}${end}` })
    const chunks = await chat()
    assert.equal(chunks[0]?.reasoning, 'Think')
    assert.deepEqual(chunks[1]?.toolCalls, [{ index: 0, id: 'call_1', name: 'search', arguments: '{"q"' }])
    assert.deepEqual(chunks[2]?.toolCalls, [{ index: 0, id: null, name: null, arguments: ':1}' }])
  })

  it('sends the key of the operator to the server of the model, without the prefix', async () => {
    const client = clientOf([{ prefix: 'cloud/', apiKey: 'operators-key' }, {}])
    await chat(client, 'cloud/org/large')
    await chat(client, 'tiny')
    await chat(client, null)
    await chat(client, '')
    assert.deepEqual(
      upstream.requests.map(({ body, headers }) => [body.model, headers.authorization ?? null]),
      [
        ['org/large', 'Bearer operators-key'],
        ['tiny', null],
        ['tiny', null],
        ['tiny', null],
      ],
    )
    const onlyPrefixed = clientOf([{ prefix: 'cloud/' }])
    await assert.rejects(chat(onlyPrefixed, 'tiny'), { code: 'MODEL_NOT_FOUND' })
  })

  it('lists the models of all servers, and asks once a minute', async () => {
    const client = clientOf([{ prefix: 'a/' }, {}])
    const models = await client.listModels(NEVER)
    assert.deepEqual(
      models.map(({ id }) => id),
      ['a/tiny', 'a/org/large', 'tiny', 'org/large'],
    )
    assert.deepEqual(models[2], { id: 'tiny', createdAtSeconds: 0, ownedBy: 'model-server' })
    assert.deepEqual(models[3], { id: 'org/large', createdAtSeconds: 5, ownedBy: 'someone' })
    await client.listModels(NEVER)
    assert.equal(upstream.requests.length, 2)
  })

  it('lists the models of the servers that answer', async () => {
    const other = await startScriptedModelServer()
    const silent = { url: other.url, prefix: 'silent/' }
    other.play({ kind: 'stall' }, { kind: 'stall' })
    const both = clientOf([silent, {}], 60_000, 500)
    assert.deepEqual(
      (await both.listModels(NEVER)).map(({ id }) => id),
      ['tiny', 'org/large'],
    )
    assert.equal((await both.findModel('tiny', NEVER))?.id, 'tiny')
    assert.equal(await both.findModel('nothing', NEVER), null)
    await assert.rejects(both.findModel('silent/tiny', NEVER), { code: 'MODEL_SERVER_TIMEOUT' })
    const client = clientOf([silent], 60_000, 500)
    await assert.rejects(client.listModels(NEVER), { code: 'MODEL_SERVER_TIMEOUT' })
    assert.equal((await client.listModels(NEVER)).length, 2, 'a failure is not cached')
    await other.stop()
  })

  it('needs a server, and a model', async () => {
    const none = clientOf([])
    assert.deepEqual(await none.listModels(NEVER), [])
    await assert.rejects(chat(none), { code: 'MODEL_SERVER_NOT_CONFIGURED' })
    const unnamed = createModelServer({
      servers: [{ prefix: '', url: upstream.url, apiKey: null }],
      defaultModel: null,
      timeoutMs: 1000,
      listTimeoutMs: 1000,
      slotsPerOrganization: 1,
    })
    await assert.rejects(chat(unnamed, null), { code: 'VALIDATION_ERROR' })
  })

  const error = (message: string, code: string | null = null) => ({
    error: { message, code, param: 'messages' },
  })
  const REFUSALS: readonly (readonly [title: string, Reply, code: string, message: RegExp])[] = [
    ['400', refusal(400, error('bad role', 'invalid_role')), 'MODEL_REQUEST_REFUSED', /bad role/],
    ['400, too long', refusal(400, error('x', 'context_length_exceeded')), 'CONTEXT_LENGTH_EXCEEDED', /x/],
    [
      '400, too long in words',
      refusal(400, { error: 'exceeds the context window' }),
      'CONTEXT_LENGTH_EXCEEDED',
      /window/,
    ],
    ['400 without JSON', refusal(400, '<html>'), 'MODEL_REQUEST_REFUSED', /refused/],
    ['401', refusal(401, error('secret of the operator')), 'MODEL_SERVER_ERROR', /^((?!secret).)*$/],
    ['403', refusal(403, error('no')), 'MODEL_SERVER_ERROR', /refuses the key/],
    ['404', refusal(404, error('no model "x"')), 'MODEL_NOT_FOUND', /no model/],
    ['413', refusal(413, ''), 'REQUEST_TOO_LARGE', /too large/],
    ['500', refusal(500, error('stack trace')), 'MODEL_SERVER_ERROR', /^((?!stack).)*$/],
    ['503', refusal(503, ''), 'MODEL_SERVER_ERROR', /503/],
    [
      'a redirect',
      { ...refusal(302, ''), headers: { location: 'http://127.0.0.1:1/' } },
      'MODEL_SERVER_ERROR',
      /reached/,
    ],
    ['no JSON', { kind: 'raw', text: 'data: <html>\n\n' }, 'MODEL_SERVER_ERROR', /no JSON/],
    [
      'an error within the stream',
      { kind: 'raw', text: 'data: {"error":{"message":"x"}}\n\n' },
      'MODEL_SERVER_ERROR',
      /within/,
    ],
    [
      'an end without a reason',
      { kind: 'raw', text: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n' },
      'MODEL_SERVER_ERROR',
      /broke off/,
    ],
    [
      'a lost connection',
      { kind: 'raw', text: 'data: {"choices":[]}\n\n', breaksOff: true },
      'MODEL_SERVER_ERROR',
      /reached|broke off/,
    ],
  ]

  for (const [title, reply, code, message] of REFUSALS) {
    it(`throws ${code} for ${title}`, async () => {
      upstream.play(reply)
      await assert.rejects(chat(), (thrown) => {
        assert.ok(thrown instanceof ServiceError)
        assert.equal(thrown.code, code)
        assert.match(thrown.message, message)
        return true
      })
    })
  }

  it('passes on the wait of a rate limit', async () => {
    upstream.play({ ...refusal(429, error('slow down')), headers: { 'retry-after': '7' } })
    await assert.rejects(chat(), { code: 'RATE_LIMIT_EXCEEDED', details: { retryAfterSeconds: 7 } })
  })

  it('gives up after its time, and when the caller goes', async () => {
    upstream.play({ kind: 'stall' }, { kind: 'stall' })
    await assert.rejects(chat(clientOf([{}], 50)), { code: 'MODEL_SERVER_TIMEOUT' })
    const gone = new AbortController()
    const asked = chat(undefined, 'tiny', gone.signal)
    const reason = new Error('the caller has gone')
    gone.abort(reason)
    await assert.rejects(asked, reason)
  })

  it('ends its calls when it closes, those whose answer has begun too', async () => {
    const client = clientOf([{}])
    upstream.play({ kind: 'stall', text: 'data: {"choices":[]}\n\n' }, { kind: 'stall' })
    const stopped = { code: 'SERVICE_UNAVAILABLE' }
    const begun = await client.post('chat/completions', { model: 'tiny' }, NEVER)
    const silent = assert.rejects(chat(client), stopped)
    client.close()
    await silent
    await assert.rejects(new Response(begun.body).text(), stopped)
    await assert.rejects(chat(client), stopped)
  })
})

function refusal(status: number, body: unknown): Extract<Reply, { kind: 'status' }> {
  return { kind: 'status', status, body }
}
