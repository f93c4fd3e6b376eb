import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { answerOf } from '../responses/replies.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient } from './client.ts'
import { assertEnvelope } from './envelope.ts'
import { type Answer, exchange, json } from './exchange.ts'
import { createStore, indexText } from './vector-store-bodies.ts'

const PATH = '/v1/model/response'
const LONG = 400

interface ModelAnswer {
  readonly success: boolean
  readonly thread_id: string
  readonly response_id: string
  readonly response: unknown
  readonly stop_reason: string
  readonly output: readonly Readonly<Record<string, unknown>>[]
  readonly truncated_files: readonly string[]
  readonly [member: string]: unknown
}

interface StreamEvent {
  readonly type: string
  readonly response?: Readonly<Record<string, unknown>>
  readonly freddy?: ModelAnswer
}

describe('responses of the JSON API', () => {
  let server: TestApp
  let models: ScriptedModelServer
  let client: Client

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({
      env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny', FILE_CONTEXT_TOKENS: String(LONG) },
    })
    client = createClient(server)
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  const ask = (method: string, path: string, body?: unknown, apiKey = server.apiKey) =>
    exchange(
      server.url,
      method,
      path,
      { 'x-api-key': apiKey, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    )
  const post = (body: object, apiKey?: string) => ask('POST', PATH, { inputs: says('hi'), ...body }, apiKey)
  const create = async (body: object = {}) => {
    const answer = await post(body)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<ModelAnswer>(answer)
  }
  const assertCode = (answer: Answer, status: number, code: string) => {
    const { error } = json<{ error: { code: string; details: { field?: string } } }>(answer)
    assert.deepEqual([answer.status, error.code], [status, code], answer.bytes.toString())
    assertEnvelope(answer)
    return error.details
  }
  const sent = () => models.requests.at(-1)?.body as { model: string; messages: unknown[]; tools?: unknown }
  const sentText = () => JSON.stringify(sent().messages)
  const upload = async (text: string, filename = 'a.txt') => {
    const file = await client.uploadFile({ filename, mimeType: 'text/plain', bytes: Buffer.from(text) })
    return file.id
  }
  const newKey = async (scopes: readonly ('models:use' | 'vector_stores:read')[]) => {
    const input = { name: `Key ${Math.random()}`, scopes, expiresAtMs: null }
    return (await createApiKey(server.context, operatorCaller(server.organizationId), input)).secret
  }

  it('are flat answers in a new thread', async () => {
    models.play(answerOf('Hel', 'lo'))
    const { thread_id, response_id, created_at, output, usage, ...rest } = await create()
    assert.match(thread_id, /^thrd_[0-9a-f]{32}$/)
    assert.match(response_id, /^resp_[0-9a-f]{32}$/)
    assert.match(String(created_at), /^\d{4}-.*Z$/)
    assert.ok((usage as Record<string, number>).total_tokens)
    const [message] = output
    const part = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }
    assert.deepEqual(output, [
      { ...{ id: message?.id, type: 'message', status: 'completed', role: 'assistant' }, content: [part] },
    ])
    assert.deepEqual(rest, {
      ...{ success: true, response: [{ type: 'text', text: 'Hello' }], is_summarized: false },
      ...{ stop_reason: 'end_turn', model: 'tiny', truncated_files: [] },
    })
  })

  it('go on in their thread, whose id older clients write in another way', async () => {
    const { thread_id } = await create({ inputs: says('first') })
    await create({ inputs: says('second'), thread_id })
    assert.match(sentText(), /first.*ok.*second/)
    await create({ inputs: says('third'), thread_id: thread_id.replace('thrd_', 'thread_') })
    assert.match(sentText(), /first.*second.*third/)
    const listed = json<{ data: { messages: { role: string }[] } }>(
      await ask('GET', `/v1/threads/${thread_id}/messages`),
    )
    const roles = listed.data.messages.map(({ role }) => role)
    assert.deepEqual(roles, ['user', 'assistant', 'user', 'assistant', 'user', 'assistant'])
  })

  it('continue another response, and are not stored, without a thread', async () => {
    const { response_id } = await create({ inputs: says('first') })
    const next = await create({ inputs: says('second'), previous_response_id: response_id })
    assert.equal(next.thread_id, null)
    assert.match(sentText(), /first.*second/)
    const unstored = await create({ store: false })
    assert.equal(unstored.thread_id, null)
    assertCode(await ask('GET', `${PATH}/${unstored.response_id}`), 404, 'RESPONSE_NOT_FOUND')
  })

  it('are read in each form, and deleted', async () => {
    const created = await create()
    const path = `${PATH}/${created.response_id}`
    assert.deepEqual(json(await ask('GET', path)), created)
    assert.equal(json<ModelAnswer>(await ask('GET', `${path}?output_mode=plain`)).response, 'ok')
    const removed = await ask('DELETE', path)
    assert.deepEqual([removed.status, removed.bytes.length], [204, 0])
    for (const method of ['GET', 'DELETE']) assertCode(await ask(method, path), 404, 'RESPONSE_NOT_FOUND')
    assertCode(await post({ previous_response_id: created.response_id }), 404, 'RESPONSE_NOT_FOUND')
  })

  it('take the models of the hosted service as the default model', async () => {
    for (const [model, expected] of [
      [undefined, 'tiny'],
      [null, 'tiny'],
      ['ftg-3.0', 'tiny'],
      ['gpt-4o', 'gpt-4o'],
    ]) {
      const answer = await create({ model })
      assert.deepEqual([sent().model, answer.model], [expected, expected])
    }
  })

  it('pass on the options', async () => {
    await create({
      ...{ instructions: 'Be brief.', temperature: 1.5, top_p: 0.5, max_output_synapses: 9 },
      ...{ reasoning: { effort: 'low' }, metadata: { a: 'b' }, disable_rules: true },
    })
    const { temperature, top_p, max_tokens, reasoning_effort } = sent() as unknown as Record<string, unknown>
    assert.deepEqual([temperature, top_p, max_tokens, reasoning_effort], [1.5, 0.5, 9, 'low'])
    assert.deepEqual(sent().messages[0], { role: 'system', content: 'Be brief.' })
  })

  it('tell why the model stopped', async () => {
    for (const [finish, reason] of [
      ['stop', 'end_turn'],
      ['length', 'max_tokens'],
      ['content_filter', 'content_filter'],
    ] as const) {
      models.play({ kind: 'text', pieces: ['a'], finish })
      assert.equal((await create()).stop_reason, reason)
    }
  })

  it('are a string with the output mode plain', async () => {
    const forms = []
    for (const output_mode of ['plain', 'text', 'blocks', null])
      forms.push((await create({ output_mode })).response)
    const blocks = [{ type: 'text', text: 'ok' }]
    assert.deepEqual(forms, ['ok', blocks, blocks, blocks])
  })

  it('take every form of a message', async () => {
    const file_id = await upload('The key is under the mat.')
    for (const message of [
      { content: [{ text: 'hi' }, { type: 'file', file_id }] },
      { content: [{ type: 'text', text: 'hi' }], files: [{ file_id }] },
      { texts: [{ text: 'hi' }], images: [], files: [{ fileId: file_id }] },
      { texts: ['hi'], files: [{ fileId: file_id.replace('file_', 'file-') }], id: 'mine', audio: [] },
    ]) {
      await create({ inputs: [{ role: 'user', ...message }] })
      assert.match(sentText(), /hi.*The key is under the mat\./)
    }
    const image = 'data:image/png;base64,AAAA'
    await create({ inputs: [{ role: 'user', texts: ['hi'], images: [{ url: image }] }] })
    assert.match(sentText(), /"image_url":\{"url":"data:image\/png;base64,AAAA"\}/)
  })

  it('get the relevant chunks of long files, and the beginning with file_retrieval', async () => {
    const filler = Array.from({ length: 300 }, (_, line) => `Line ${line} is about gardens.\n\n`)
    const id = await upload([...filler, 'The vault opens with zebra.\n\n', ...filler].join(''), 'long.txt')
    const inputs = [{ role: 'user', content: 'zebra vault?', files: [{ file_id: id }] }]
    const chunks = await create({ inputs })
    assert.match(sentText(), /opens with zebra/)
    assert.deepEqual(chunks.truncated_files, [id])
    for (const tool of [{}, { mode: 'on' }, { file_ids: [id] }]) {
      const cut = await create({ inputs, tools: [{ type: 'file_retrieval', ...tool }] })
      assert.match(sentText(), /Line 0 is about gardens/)
      assert.doesNotMatch(sentText(), /opens with zebra/)
      assert.deepEqual(cut.truncated_files, [id])
    }
    await create({ inputs, tools: [{ type: 'file_retrieval', mode: 'off' }] })
    assert.match(sentText(), /opens with zebra/)
    await create({ tools: [{ type: 'file_retrieval', file_ids: [await upload('A short note.')] }] })
    assert.match(sentText(), /A short note\./)
  })

  const FILLER = Array.from({ length: 300 }, (_, line) => `Line ${line} is about gardens.\n\n`).join('')

  it('get the relevant chunks of a long file in a message of the thread', async () => {
    const id = await upload(`${FILLER}Vaults were opened with zebra.\n\n${FILLER}`, 'long.txt')
    const message = { role: 'user', content: [{ type: 'file', file_id: id }] }
    const thread = json<{ data: { id: string } }>(await ask('POST', '/v1/threads', { messages: [message] }))
    const { truncated_files } = await create({ inputs: says('open a vault'), thread_id: thread.data.id })
    assert.match(sentText(), /opened with zebra/)
    assert.deepEqual(truncated_files, [id])
  })

  it('get the chunks that a store has, without reading the file', async () => {
    const { id: store } = await createStore(client)
    const long = await indexText(client, store, `${FILLER}The vault opens with a zebra.\n\n${FILLER}`)
    const short = await indexText(client, store, 'The key is under the mat.')
    for (const { file_id } of [long, short]) {
      const file = await server.context.database.files.find(server.organizationId, file_id)
      await server.context.storage.remove(file?.objectName ?? '')
    }
    const ofFile = (file_id: string) => [{ role: 'user', content: 'zebra vault?', files: [{ file_id }] }]
    const { truncated_files } = await create({ inputs: ofFile(long.file_id) })
    assert.match(sentText(), /opens with a zebra/)
    assert.deepEqual(truncated_files, [long.file_id])
    await create({ inputs: ofFile(long.file_id), tools: [{ type: 'file_retrieval' }] })
    assert.match(sentText(), /Line 0 is about gardens/)
    await create({ inputs: ofFile(short.file_id) })
    assert.match(sentText(), /The key is under the mat\./)
    const stranger = await newKey(['models:use'])
    assertCode(await post({ inputs: ofFile(short.file_id) }, stranger), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  it('take the beginning of a file that is larger than other files may be together', async () => {
    const bytes = Buffer.alloc(51 * 1024 * 1024, 'The garden is green and full of birds.\n')
    bytes.write('Zebras open it.\n')
    const { id } = await client.uploadFile({ filename: 'large.txt', mimeType: 'text/plain', bytes })
    const inputs = [{ role: 'user', content: 'zebra?', files: [{ file_id: id }] }]
    for (const tools of [[{ type: 'file_retrieval' }], []]) {
      assert.deepEqual((await create({ inputs, tools })).truncated_files, [id])
      assert.match(sentText(), /Zebras open it\./)
    }
  })

  it('search stores by their ids, or all that the key sees', async () => {
    const { id: store } = await createStore(client)
    const { file_id } = await indexText(client, store, 'Badgers sleep in winter.')
    const inputs = says('When do badgers sleep?')
    for (const tool of [{ vector_store_ids: [store] }, { configuration_ids: [store] }, {}]) {
      models.play(answerOf('In winter【1】.'))
      const tools = [{ type: 'file_search', mode: 'on', ...tool }]
      const { output } = await create({ inputs, tools, include: ['file_search.results'] })
      assert.match(sentText(), /Badgers sleep in winter/)
      const [search, message] = output
      const [result] = (search?.results ?? []) as Record<string, unknown>[]
      assert.deepEqual(
        [search?.type, search?.queries, result?.file_id, result?.filename, result?.text],
        ['file_search_call', ['When do badgers sleep?'], file_id, 'note.txt', 'Badgers sleep in winter.'],
      )
      const [part] = (message?.content ?? []) as { annotations: { file_id: string }[] }[]
      assert.deepEqual(
        part?.annotations.map((one) => one.file_id),
        [file_id],
      )
    }
    const { output } = await create({ inputs, tools: [{ type: 'file_search', mode: 'on' }] })
    assert.deepEqual(
      output.map((item) => 'results' in item),
      [false, false],
    )
    await create({ inputs, tools: [{ type: 'file_search', mode: 'off' }] })
    assert.doesNotMatch(sentText(), /Badgers sleep/)
    const blind = await newKey(['models:use'])
    assertCode(await post({ tools: [{ type: 'file_search' }] }, blind), 403, 'INSUFFICIENT_PERMISSIONS')
    const missing = { tools: [{ type: 'file_search', vector_store_ids: ['vs_missing'] }] }
    assertCode(await post(missing), 404, 'VECTOR_STORE_NOT_FOUND')
  })

  it('refuse a search of more than 20 stores', async () => {
    const { organizationId, apiKey } = await server.addOrganization('org_many')
    const tools = [{ type: 'file_search', mode: 'on' }]
    const base = `/v1/organizations/${organizationId}/vector-stores`
    assert.equal((await post({ tools }, apiKey)).status, 200)
    for (let count = 0; count < 20; count++) await ask('POST', base, { name: `${count}` }, apiKey)
    assert.equal((await post({ tools }, apiKey)).status, 200)
    await ask('POST', base, { name: 'one more' }, apiKey)
    const details = assertCode(await post({ tools }, apiKey), 422, 'VALIDATION_ERROR')
    assert.equal(details.field, 'tools[0].vector_store_ids')
  })

  it('stream events with the thread, and the flat answer at the end', async () => {
    models.play(answerOf('Hel', 'lo'))
    const answer = await post({ stream: true, output_mode: 'plain' })
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/)
    const events = [...answer.bytes.toString().matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as StreamEvent,
    )
    assert.deepEqual(
      events.map(({ type, freddy }) => freddy && type).filter((type) => type !== undefined),
      ['response.completed'],
    )
    const last = events.at(-1)
    assert.match(String(last?.response?.thread_id), /^thrd_/)
    assert.equal(last?.response && 'conversation' in last.response, false)
    assert.equal(events[0]?.response?.thread_id, last?.response?.thread_id)
    assert.deepEqual(
      [last?.freddy?.response, last?.freddy?.thread_id, last?.freddy?.response_id],
      ['Hello', last?.response?.thread_id, last?.response?.id],
    )
    const stored = await ask('GET', `${PATH}/${last?.freddy?.response_id}?output_mode=plain`)
    assert.deepEqual(json(stored), last?.freddy)
  })

  it('leave no thread behind when the model does not answer', async () => {
    const count = async () => json<{ data: { total: number } }>(await ask('GET', '/v1/threads')).data.total
    const total = await count()
    const refused = { kind: 'status', status: 500, body: {} } as const
    models.play(refused, refused, refused, refused)
    assertCode(await post({}), 502, 'MODEL_SERVER_ERROR')
    models.play({ kind: 'raw', text: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', breaksOff: true })
    assertCode(await post({}), 502, 'MODEL_SERVER_ERROR')
    models.play({ kind: 'raw', text: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', breaksOff: true })
    assert.match((await post({ stream: true })).bytes.toString(), /event: response\.failed/)
    assert.equal(await count(), total)
  })

  it('refuse what they cannot serve', async () => {
    const [thread_id, previous_response_id] = ['thrd_0', 'resp_0']
    const user = (message: object) => ({ inputs: [{ role: 'user', ...message }] })
    const cases: readonly (readonly [object, number, string, string | undefined])[] = [
      [{ inputs: null }, 422, 'VALIDATION_ERROR', 'inputs'],
      [{ inputs: [] }, 422, 'VALIDATION_ERROR', 'inputs'],
      [{ inputs: Array(501).fill(says('a')[0]) }, 422, 'VALIDATION_ERROR', 'inputs'],
      [user({}), 422, 'VALIDATION_ERROR', 'inputs[0].content'],
      [user({ content: [{ type: 'file' }] }), 422, 'VALIDATION_ERROR', 'inputs[0].content[0].file_id'],
      [user({ content: 'a', audio: [{}] }), 422, 'VALIDATION_ERROR', 'inputs[0].audio'],
      [
        user({ content: 'a', files: [{ file_id: 'file_0' }] }),
        404,
        'FILE_NOT_FOUND',
        'inputs[0].content[1].file_id',
      ],
      [{ tools: [{ type: 'web_search' }] }, 422, 'VALIDATION_ERROR', 'tools[0].type'],
      [
        { tools: [{ type: 'file_search', vector_store_ids: [] }] },
        422,
        'VALIDATION_ERROR',
        'tools[0].vector_store_ids',
      ],
      [{ temperature: 2.1 }, 422, 'VALIDATION_ERROR', 'temperature'],
      [{ include: ['all'] }, 422, 'VALIDATION_ERROR', 'include[0]'],
      [{ output_mode: 'html' }, 422, 'VALIDATION_ERROR', 'output_mode'],
      [{ thread_id, previous_response_id }, 422, 'VALIDATION_ERROR', 'previous_response_id'],
      [{ thread_id }, 404, 'THREAD_NOT_FOUND', 'thread_id'],
      [{ previous_response_id }, 404, 'RESPONSE_NOT_FOUND', 'previous_response_id'],
      [{ assistant_id: 'asst_1' }, 404, 'ASSISTANT_NOT_FOUND', undefined],
      [{ organization_id: 'org_other' }, 403, 'ORGANIZATION_ACCESS_DENIED', undefined],
      [user({ content: 'a '.repeat(200_000) }), 422, 'CONTEXT_LENGTH_EXCEEDED', 'inputs'],
    ]
    for (const [body, status, code, field] of cases) {
      assert.equal(
        assertCode(await post(body), status, code).field,
        field,
        JSON.stringify(body).slice(0, 200),
      )
    }
    assert.equal((await post({ organization_id: server.organizationId })).status, 200)
    const other = await newKey(['vector_stores:read'])
    assertCode(await post({}, other), 403, 'INSUFFICIENT_PERMISSIONS')
  })
})

function says(content: string) {
  return [{ role: 'user', content }]
}

describe('a server without a model server', () => {
  it('refuses a question without a line of the log that alerts its operator', async (t) => {
    const server = await startApp()
    t.after(server.stop)
    const headers = { 'x-api-key': server.apiKey, 'content-type': 'application/json' }
    for (const [path, sent] of [
      [PATH, { inputs: says('hi') }],
      ['/v1/responses', { model: 'any', input: 'Why?' }],
    ] as const) {
      const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(sent) })
      assert.equal(answer.status, 503, await answer.text())
    }
    const lines = server
      .output()
      .trim()
      .split('\n')
      .map((line): { level: number; code?: string } => JSON.parse(line))
    assert.equal(lines.filter(({ code }) => code === 'MODEL_SERVER_NOT_CONFIGURED').length, 2)
    assert.deepEqual(
      lines.filter(({ level }) => level >= 50),
      [],
    )
  })
})
