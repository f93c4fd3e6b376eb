import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { answerOf, callsOf, deltasOf } from '../responses/replies.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, send, sendOk } from './exchange.ts'

interface ResponseObject {
  readonly id: string
  readonly status: string
  readonly output: readonly Record<string, unknown>[]
  readonly [member: string]: unknown
}

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly [member: string]: unknown
}

function eventsOf(text: string): readonly Event[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [, type, data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? assert.fail(frame)
      const event = JSON.parse(data) as Event
      assert.equal(event.type, type)
      return event
    })
}

describe('responses of the OpenAI API', () => {
  let server: TestApp
  let models: ScriptedModelServer

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({
      env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny', MODEL_FILE_SEARCH: 'tool' },
    })
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  const create = (body: object) =>
    sendOk<ResponseObject>(server, 'POST', '/responses', { body: { model: 'small', ...body } })

  it('have every member that strict clients require', async () => {
    models.play(answerOf('Hel', 'lo'))
    const response = await create({ input: 'hi', metadata: { a: 'b' }, temperature: 0.5, user: '' })
    const { id, created_at, completed_at, output, usage, ...rest } = response
    assert.match(id, /^resp_[0-9a-f]{32}$/)
    assert.ok(Number.isInteger(created_at) && Number.isInteger(completed_at))
    const [message] = output
    assert.deepEqual(output, [
      {
        ...{ id: message?.id, type: 'message', status: 'completed', role: 'assistant' },
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ])
    const { input_tokens, output_tokens } = usage as Record<string, number>
    assert.deepEqual(usage, {
      ...{ input_tokens, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 } },
      ...{ output_tokens, output_tokens_details: { reasoning_tokens: 0 } },
      total_tokens: Number(input_tokens) + Number(output_tokens),
    })
    assert.deepEqual(rest, {
      ...{ object: 'response', status: 'completed', background: false, error: null, model: 'small' },
      ...{ incomplete_details: null, instructions: null, max_output_tokens: null, max_tool_calls: null },
      ...{ parallel_tool_calls: true, previous_response_id: null, conversation: null, store: true },
      ...{ reasoning: { effort: null, summary: null }, temperature: 0.5, top_p: null, top_logprobs: null },
      ...{ text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], truncation: 'disabled' },
      ...{ service_tier: 'default', user: null, safety_identifier: null, prompt_cache_key: null },
      metadata: { a: 'b' },
    })
  })

  it('ask the model for log probabilities only when they are wanted', async () => {
    for (const [top_logprobs, sent] of [
      [0, [undefined, undefined]],
      [2, [2, true]],
    ] as const) {
      models.play(answerOf('Hello'))
      assert.equal((await create({ input: 'hi', top_logprobs })).top_logprobs, top_logprobs)
      const body = models.requests.at(-1)?.body
      assert.deepEqual([body?.top_logprobs, body?.logprobs], sent)
    }
  })

  it('have a time of completion only when they are complete', async () => {
    models.play({ kind: 'text', pieces: ['Hel'], finish: 'length' })
    const cut = await create({ input: 'hi' })
    assert.deepEqual([cut.status, cut.completed_at], ['incomplete', null])
    models.play(deltasOf([{ content: 'Hel' }], null))
    const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', stream: true } })
    const failed = eventsOf(answer.bytes.toString()).at(-1)?.response as ResponseObject
    assert.deepEqual([failed.status, failed.completed_at], ['failed', null])
  })

  it('are read, list their input, are continued and deleted', async () => {
    const first = await create({ input: 'one' })
    const path = `/responses/${first.id}`
    assert.deepEqual(await sendOk(server, 'GET', path), first)
    const input = await sendOk<{ data: { content: unknown }[] }>(server, 'GET', `${path}/input_items`)
    assert.deepEqual(
      input.data.map(({ content }) => content),
      [[{ type: 'input_text', text: 'one' }]],
    )
    const second = await create({ input: 'two', previous_response_id: first.id })
    assert.equal(second.previous_response_id, first.id)
    assert.deepEqual(await sendOk(server, 'DELETE', path), {
      ...{ id: first.id, object: 'response', deleted: true },
    })
    for (const [method, at] of [
      ['GET', path],
      ['DELETE', path],
      ['GET', `${path}/input_items`],
    ] as const)
      assertError(await send(server, method, at), 404, { code: null })
    const body = { input: 'three', previous_response_id: first.id }
    const reason = 'does not exist, was not stored, or has expired.'
    const refused = { code: 'previous_response_not_found', param: 'previous_response_id' }
    assertError(await send(server, 'POST', '/responses', { body }), 400, {
      ...{ ...refused, message: `Previous response not found: it ${reason}` },
    })
    const after = { input: 'three', previous_response_id: second.id }
    assertError(await send(server, 'POST', '/responses', { body: after }), 400, {
      ...{ ...refused, message: `Previous response not found: it continues '${first.id}', which ${reason}` },
    })
  })

  it('list their input by pages, in both directions', async () => {
    const input = ['0', '1', '2', '3'].map((content) => ({ role: 'user', content }))
    const path = `/responses/${(await create({ input })).id}/input_items`
    interface Listed {
      readonly data: readonly {
        readonly id: string
        readonly content: readonly { readonly text: string }[]
      }[]
      readonly has_more: boolean
    }
    const all = await sendOk<Listed>(server, 'GET', `${path}?order=asc`)
    const [first, second, third, fourth] = all.data.map(({ id }) => id)
    for (const [query, texts, hasMore] of [
      [`limit=2`, '32', true],
      [`after=${second}`, '0', false],
      [`order=asc&after=${first}&limit=2`, '12', true],
      [`order=asc&before=${fourth}&limit=2`, '12', true],
      [`order=asc&before=${third}&limit=2`, '01', false],
      [`before=${first}&limit=1`, '1', true],
      [`before=${fourth}`, '', false],
      [`after=${fourth}&before=${first}&limit=1`, '2', true],
      [`after=${first}&before=${fourth}`, '', false],
    ] as const) {
      const { data, has_more } = await sendOk<Listed>(server, 'GET', `${path}?${query}`)
      const found = data.map(({ content }) => content[0]?.text).join('')
      assert.deepEqual([found, has_more], [texts, hasMore], query)
    }
    for (const param of ['after', 'before'])
      assertError(await send(server, 'GET', `${path}?${param}=msg_x`), 400, { param, code: 'invalid_value' })
  })

  it('stream their events in order', async () => {
    models.play(answerOf('Hel', 'lo'))
    const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', stream: true } })
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/)
    const events = eventsOf(answer.bytes.toString())
    assert.deepEqual(
      events.map(({ sequence_number }) => sequence_number),
      events.map((_, index) => index),
    )
    const types = events.map(({ type }) => type.replace('response.', ''))
    assert.deepEqual(
      types.filter((type, index) => type !== types[index - 1]),
      [
        ...['created', 'in_progress', 'output_item.added', 'content_part.added', 'output_text.delta'],
        ...['output_text.done', 'content_part.done', 'output_item.done', 'completed'],
      ],
    )
    const delta = events.find(({ type }) => type.endsWith('.delta'))
    assert.deepEqual(Object.keys(delta ?? {}).sort(), [
      ...['content_index', 'delta', 'item_id', 'logprobs', 'output_index', 'sequence_number', 'type'],
    ])
    const { status, output, usage } = (events[0]?.response ?? {}) as ResponseObject
    assert.deepEqual({ status, output, usage }, { status: 'in_progress', output: [], usage: null })
  })

  it('stream calls of functions', async () => {
    models.play(callsOf(['weather', { city: 'Oslo' }]))
    const tools = [{ type: 'function', name: 'weather', parameters: {}, strict: true }]
    const body = { input: 'hi', stream: true, tools, tool_choice: { type: 'function', name: 'weather' } }
    const answer = await send(server, 'POST', '/responses', { body })
    const events = eventsOf(answer.bytes.toString())
    const done = events.find(({ type }) => type === 'response.function_call_arguments.done')
    assert.equal(done?.arguments, '{"city":"Oslo"}')
    assert.equal(done?.name, 'weather')
    const last = events.at(-1)?.response as ResponseObject
    assert.equal(last.output[0]?.type, 'function_call')
    assert.equal((last.tools as unknown[]).length, 1)
  })

  it('that fail are an error, or end their stream with it', async () => {
    const lost = deltasOf([{ content: 'Hel' }], null)
    models.play(lost)
    assertError(await send(server, 'POST', '/responses', { body: { input: 'hi' } }), 502)
    models.play(lost)
    const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', stream: true } })
    const last = eventsOf(answer.bytes.toString()).at(-1)
    assert.equal(last?.type, 'response.failed')
    models.play({ kind: 'status', status: 500, body: {} })
    const refused = await send(server, 'POST', '/responses', { body: { input: 'hi', stream: true } })
    assertError(refused, 502)
  })

  it('that fail within a stream are logged once, without the request', async () => {
    const secret = 'a secret question'
    const output = () => server.output().split('\n')
    const before = output().length
    const rejected = { kind: 'status', status: 400, body: { error: { message: `bad: ${secret}` } } } as const
    const search = callsOf(['file_search', { queries: ['fox'] }])
    const { id } = await sendOk<{ id: string }>(server, 'POST', '/vector_stores', { body: { name: 'a' } })
    const tools = [{ type: 'file_search', vector_store_ids: [id] }]
    for (const script of [[deltasOf([{ content: 'Hel' }], null)], [search, rejected]]) {
      models.play(...script)
      const body = { input: secret, stream: true, tools, tool_choice: { type: 'file_search' } }
      const answer = await send(server, 'POST', '/responses', { body })
      assert.match(answer.bytes.toString(), /event: response\.failed/)
    }
    const lines = output().slice(before - 1)
    const failures = lines.filter((line) => line.includes('failed')).map((line) => JSON.parse(line))
    assert.deepEqual(
      failures.map(({ msg, code }) => [msg, code]),
      [
        ['a stream failed', 'MODEL_SERVER_ERROR'],
        ['a stream failed', 'MODEL_REQUEST_REFUSED'],
      ],
    )
    assert.ok(!lines.join('').includes(secret))
  })

  it('do not find a conversation that was deleted', async () => {
    const { id } = await sendOk<{ id: string }>(server, 'POST', '/conversations', { body: {} })
    await create({ input: 'hi', conversation: id })
    await sendOk(server, 'DELETE', `/conversations/${id}`)
    const thread_id = id.replace('conv_', 'thrd_')
    const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', conversation: id } })
    const { message } = assertError(answer, 404, { param: 'conversation', code: null })
    assert.equal(message, `Conversation with id '${id}' not found.`)
    const body = { inputs: [{ role: 'user', content: 'hi' }], thread_id }
    const other = await send(server, 'POST', '/model/response', { body })
    assert.equal(other.status, 404)
    assert.equal(
      json<{ error: { details: { thread_id: string } } }>(other).error.details.thread_id,
      thread_id,
    )
  })

  it('cancel the call of the model when the client goes', async () => {
    models.play({ kind: 'stall' })
    models.requests.length = 0
    const leaving = new AbortController()
    const sent = fetch(`${server.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'hi', stream: true }),
      signal: leaving.signal,
    })
    await eventually('the model is asked', () => models.requests.length > 0)
    leaving.abort()
    await assert.rejects(sent)
    const cancelled = await eventually('the call is cancelled', () => models.cancelled[0])
    assert.match(cancelled, /chat\/completions$/)
  })

  const part = (value: object) => ({ input: [{ role: 'user', content: [value] }] })
  const OK: readonly (readonly [name: string, body: object])[] = [
    [
      'nulls and empty objects',
      { include: null, truncation: null, reasoning: {}, text: {}, user: '', tools: null },
    ],
    ['an unknown member', { unheard_of: 1 }],
    ['a schema', { text: { format: { type: 'json_schema', name: 'a', schema: {} }, verbosity: 'low' } }],
    ['values without effect', { include: ['reasoning.encrypted_content'], service_tier: 'auto' }],
    ['an image in a data URL', part({ type: 'input_image', image_url: 'data:image/png;base64,AA==' })],
    ['an image of the web', part({ type: 'input_image', image_url: 'HTTPS://example.com/b.png' })],
    ['background: false', { background: false, stream_options: { include_obfuscation: false } }],
  ]
  for (const [name, body] of OK) {
    it(`accept ${name}`, async () => {
      assert.equal((await create({ input: 'hi', ...body })).status, 'completed')
    })
  }

  const BAD: readonly (readonly [body: object, param: string, code: string])[] = [
    [{ input: null }, 'input', 'missing_required_parameter'],
    [{ input: 5 }, 'input', 'invalid_type'],
    [{ input: [5] }, 'input[0]', 'invalid_type'],
    [{ input: [] }, 'input', 'invalid_value'],
    [{ input: [{ role: 'boss', content: '' }] }, 'input[0].role', 'invalid_value'],
    [{ input: [{ type: 'web_search_call' }] }, 'input[0].type', 'invalid_value'],
    [part({ type: 'input_audio' }), 'input[0].content[0].type', 'invalid_value'],
    [
      part({ type: 'input_file', file_url: 'http://a' }),
      'input[0].content[0].file_url',
      'unsupported_parameter',
    ],
    ...['data:text/plain,100%', 'data:text/plain,%g0', 'data:,', 'data:text/plain', 'a,aGk='].map(
      (file_data) =>
        [part({ type: 'input_file', file_data }), 'input[0].content[0].file_data', 'invalid_value'] as const,
    ),
    ...['file:///etc/passwd', 'ftp://a/b.png', 'data:text/plain,hi', '/b.png', 'https:b.png'].map(
      (image_url) =>
        [part({ type: 'input_image', image_url }), 'input[0].content[0].image_url', 'invalid_value'] as const,
    ),
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type', 'unsupported_tool'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name', 'missing_required_parameter'],
    [{ tools: [{ type: 'file_search' }] }, 'tools[0].vector_store_ids', 'missing_required_parameter'],
    [
      { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'], max_num_results: 51 }] },
      'tools[0].max_num_results',
      'integer_above_max_value',
    ],
    [{ tool_choice: 'maybe' }, 'tool_choice', 'invalid_value'],
    [{ tool_choice: { type: 'function', name: 'f' } }, 'tool_choice.name', 'invalid_value'],
    [{ max_output_tokens: 15 }, 'max_output_tokens', 'integer_below_min_value'],
    [{ temperature: 2.1 }, 'temperature', 'integer_above_max_value'],
    [{ top_logprobs: 21 }, 'top_logprobs', 'integer_above_max_value'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type', 'invalid_value'],
    [{ include: ['everything'] }, 'include[0]', 'invalid_value'],
    [{ truncation: 'some' }, 'truncation', 'invalid_value'],
    [{ metadata: { a: 1 } }, 'metadata.a', 'invalid_type'],
    [{ stream: 'yes' }, 'stream', 'invalid_type'],
    [{ background: true }, 'background', 'unsupported_parameter'],
    [{ prompt: { id: 'p' } }, 'prompt', 'unsupported_parameter'],
    [{ conversation: 'conv_1', previous_response_id: 'resp_1' }, 'previous_response_id', 'invalid_value'],
    [{ conversation: { id: 5 } }, 'conversation.id', 'invalid_type'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id', 'previous_response_not_found'],
  ]
  for (const [body, param, code] of BAD) {
    it(`refuse ${JSON.stringify(body)}`, async () => {
      const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', ...body } })
      assertError(answer, 400, { param, code })
    })
  }

  const MISSING: readonly (readonly [body: object, param: string])[] = [
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, 'tools[0].vector_store_ids[0]'],
    [part({ type: 'input_file', file_id: 'file-1' }), 'input[0].content[0].file_id'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
  ]
  for (const [body, param] of MISSING) {
    it(`do not find what ${JSON.stringify(body)} names`, async () => {
      const answer = await send(server, 'POST', '/responses', { body: { input: 'hi', ...body } })
      assertError(answer, 404, { param, code: null })
    })
  }

  it('estimate the tokens of an input, without the model', async () => {
    const count = async (body: object) => {
      const counted = await sendOk<Record<string, unknown>>(server, 'POST', '/responses/input_tokens', {
        body,
      })
      assert.deepEqual(Object.keys(counted).sort(), ['input_tokens', 'object'])
      assert.equal(counted.object, 'response.input_tokens')
      return Number(counted.input_tokens)
    }
    const { id } = await create({ input: 'a question '.repeat(100) })
    models.requests.length = 0
    const short = await count({ input: 'hi' })
    assert.ok(short > 0 && short < 20)
    const tools = [{ type: 'function', name: 'weather', description: 'word '.repeat(100), parameters: {} }]
    const base64 = Buffer.from('word '.repeat(1000)).toString('base64')
    const file = [{ role: 'user', content: [{ type: 'input_file', file_data: base64, filename: 'a.txt' }] }]
    for (const [body, tokens] of [
      [{ input: 'word '.repeat(1000) }, 1250],
      [{ input: 'hi', instructions: 'word '.repeat(1000) }, 1250],
      [{ input: 'hi', previous_response_id: id }, 275],
      [{ input: 'hi', tools }, 125],
      [{ input: file }, 1250],
    ] as const) {
      const counted = await count(body)
      assert.ok(counted > tokens && counted < tokens + 60, `${counted}`)
    }
    const missing = { input: 'hi', conversation: 'conv_1' }
    assertError(await send(server, 'POST', '/responses/input_tokens', { body: missing }), 404)
    assert.equal(models.requests.length, 0)
  })

  it('name the place of an item after a reference', async () => {
    const { id } = await sendOk<{ id: string }>(server, 'POST', '/conversations', {
      body: { items: [{ role: 'user', content: 'hi' }] },
    })
    const items = await sendOk<{ first_id: string }>(server, 'GET', `/conversations/${id}/items`)
    const reference = { type: 'item_reference', id: items.first_id }
    const file = { type: 'input_file', file_id: 'file-1' }
    const output = { type: 'function_call_output', call_id: 'call_1', output: [file] }
    for (const [item, path] of [
      [{ role: 'user', content: [file] }, 'input[1].content[0].file_id'],
      [output, 'input[1].output[0].file_id'],
    ] as const) {
      const body = { conversation: id, input: [reference, item] }
      assertError(await send(server, 'POST', '/responses', { body }), 404, { param: path })
    }
  })

  it('refuse what this service does not serve', async () => {
    const cancel = await send(server, 'POST', '/responses/resp_1/cancel')
    assertError(cancel, 400, { code: 'unsupported_parameter' })
    for (const path of ['/responses/compact', '/responses?beta=true']) {
      const answer = await send(server, 'POST', path, { body: { input: 'hi' } })
      assertError(answer, 404, { code: 'unsupported_endpoint' })
    }
    const streamed = await send(server, 'GET', '/responses/resp_1?stream=true')
    assertError(streamed, 400, { param: 'stream', code: 'unsupported_parameter' })
  })
})
