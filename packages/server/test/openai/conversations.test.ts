import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, send, sendOk, uploadText } from './exchange.ts'

interface ConversationObject {
  readonly id: string
  readonly object: string
  readonly created_at: number
  readonly metadata: Record<string, string>
}

interface ItemObject {
  readonly id: string
  readonly type: string
  readonly [member: string]: unknown
}

interface List {
  readonly object: string
  readonly data: ItemObject[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

const user = (text: string) => ({ role: 'user', content: text })

describe('conversations of the OpenAI API', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  const newConversation = (body: object = {}) =>
    sendOk<ConversationObject>(server, 'POST', '/conversations', { body })
  const add = (id: string, items: readonly object[], query = '') =>
    sendOk<List>(server, 'POST', `/conversations/${id}/items${query}`, { body: { items } })
  const list = (id: string, query = '') => sendOk<List>(server, 'GET', `/conversations/${id}/items${query}`)

  it('are created, read, changed and deleted', async () => {
    const created = await newConversation({ items: [], metadata: { topic: 'a' } })
    assert.match(created.id, /^conv_[0-9a-f]{32}$/)
    const seconds = created.created_at
    assert.ok(Number.isInteger(seconds))
    const expected = {
      ...{ id: created.id, object: 'conversation', created_at: seconds, metadata: { topic: 'a' } },
    }
    assert.deepEqual(created, expected)
    const path = `/conversations/${created.id}`
    assert.deepEqual(await sendOk(server, 'GET', path), expected)
    const changed = await sendOk(server, 'POST', path, { body: { metadata: { b: 'c' } } })
    assert.deepEqual(changed, { ...expected, metadata: { b: 'c' } })
    const cleared = await sendOk(server, 'POST', path, { body: { metadata: null } })
    assert.deepEqual(cleared, { ...expected, metadata: {} })
    const gone = { id: created.id, object: 'conversation.deleted', deleted: true }
    assert.deepEqual(await sendOk(server, 'DELETE', path), gone)
    for (const [method, at] of [
      ['GET', path],
      ['DELETE', path],
      ['GET', `${path}/items`],
    ] as const) {
      const { message } = assertError(await send(server, method, at), 404, { code: null })
      assert.equal(message, `Conversation with id '${created.id}' not found.`)
    }
    assert.deepEqual((await newConversation({ items: null, metadata: null })).metadata, {})
  })

  it('keep the bytes of a data URL, in base64 or percent-encoded', async () => {
    for (const [file_data, ...bytes] of [
      ['DATA:text/plain;BASE64,aGk=', 'hi'],
      ['data:text/plain,HelloWorld', 'HelloWorld'],
      ['data:text/plain;charset=utf-8,a%20b%2c+ä%ff', 'a b,+ä', Buffer.of(0xff)],
      ['data:,100%25', '100%'],
    ] as const) {
      const { id } = await newConversation()
      const content = [{ type: 'input_file', file_data, filename: 'a.txt' }]
      const { data } = await add(id, [{ role: 'user', content }])
      const base64 = Buffer.concat(bytes.map((piece) => Buffer.from(piece))).toString('base64')
      assert.deepEqual(data[0]?.content, [{ type: 'input_file', file_data: base64, filename: 'a.txt' }])
    }
  })

  it('keep items of every type in the form of this API', async () => {
    const fileId = await uploadText(server)
    const { id } = await newConversation({ items: [{ ...user('hello'), id: 'msg_mine' }] })
    const annotation = { type: 'file_citation', index: 2, file_id: fileId, filename: 'a.txt' }
    const cited = { page: 3, start_offset: 7, end_offset: 9 }
    const found = { file_id: fileId, filename: 'a.txt', score: 0.5, attributes: {}, text: 'hit' }
    const sent = [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'rule' }] },
      { role: 'assistant', content: 'answer' },
      {
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'cited', annotations: [{ ...annotation, ...cited }] },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AA==' },
          { type: 'input_file', file_id: fileId.replace('file-', 'file_') },
          { type: 'input_file', file_data: 'data:text/plain;base64,aGk=', filename: 'a.txt' },
        ],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'done', status: 'incomplete' },
      { type: 'file_search_call', id: 'fs_x', queries: ['q'], results: [found] },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'why' }] },
    ]
    const added = await add(id, sent, '?include%5B%5D=file_search_call.results')
    const ids = added.data.map((item) => item.id)
    assert.deepEqual(
      ids.map((one) => one.split('_')[0]),
      ['msg', 'msg', 'msg', 'msg', 'fc', 'fco', 'fs', 'rs'],
    )
    assert.deepEqual([added.first_id, added.last_id, added.has_more], [ids[0], ids.at(-1), false])
    const message = { type: 'message', status: 'completed' }
    const place = { vector_store_id: '', chunk_id: '', page: null, start_offset: 0, end_offset: 0 }
    const expected = [
      { ...message, role: 'system', content: [{ type: 'input_text', text: 'rule' }] },
      {
        ...message,
        role: 'assistant',
        content: [{ type: 'output_text', text: 'answer', annotations: [], logprobs: [] }],
      },
      {
        ...message,
        role: 'assistant',
        content: [
          {
            ...{ type: 'output_text', text: 'cited', logprobs: [] },
            annotations: [{ ...annotation, ...cited, chunk_id: '', quote: '' }],
          },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      {
        ...message,
        role: 'user',
        content: [
          {
            ...{ type: 'input_image', detail: 'auto', file_id: null },
            image_url: 'data:image/png;base64,AA==',
          },
          { type: 'input_file', file_id: fileId },
          { type: 'input_file', file_data: 'aGk=', filename: 'a.txt' },
        ],
      },
      { type: 'function_call', status: 'completed', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', status: 'incomplete', call_id: 'c', output: 'done' },
      {
        ...{ type: 'file_search_call', status: 'completed', queries: ['q'] },
        results: [{ ...found, ...place }],
      },
      {
        ...{ type: 'reasoning', status: 'completed', summary: [] },
        content: [{ type: 'reasoning_text', text: 'why' }],
      },
    ]
    assert.deepEqual(
      added.data.map(({ id: _, ...item }) => item),
      expected,
    )
    const listed = await list(id, '?order=asc&include=file_search.results')
    assert.deepEqual(listed.data.slice(1), added.data)
    assert.notEqual(listed.data[0]?.id, 'msg_mine')
    const search = await sendOk<ItemObject>(server, 'GET', `/conversations/${id}/items/${ids[6]}`)
    assert.equal(search.results, null)
    assert.deepEqual(await sendOk(server, 'GET', `/conversations/${id}/items/${ids[0]}`), added.data[0])
  })

  it('keep the places of search results that a client sends back', async () => {
    const { id } = await newConversation()
    const result = {
      ...{ file_id: `file-${'a'.repeat(32)}`, filename: 'a.pdf', score: 0.5, attributes: {}, text: 'found' },
      ...{ vector_store_id: 'vs_1', chunk_id: 'chunk_1', page: 3, start_offset: 40, end_offset: 45 },
    }
    const call = { type: 'file_search_call', queries: ['q'], results: [result] }
    const added = await add(id, [call], '?include=file_search_call.results')
    assert.deepEqual(added.data[0]?.results, [result])
  })

  it('list their items by pages, also behind a deleted item', async () => {
    const { id } = await newConversation({ items: ['0', '1', '2', '3'].map(user) })
    const textsOf = ({ data }: List) =>
      data.map((item) => (item.content as readonly { readonly text: string }[])[0]?.text)
    const first = await list(id, '?limit=2')
    assert.deepEqual([textsOf(first), first.has_more], [['3', '2'], true])
    assert.equal(first.last_id, first.data[1]?.id)
    const { last_id } = first
    const path = `/conversations/${id}/items/${last_id}`
    const conversation = await sendOk<ConversationObject>(server, 'DELETE', path)
    assert.deepEqual([conversation.id, conversation.object], [id, 'conversation'])
    assertError(await send(server, 'DELETE', path), 404, { code: null })
    assertError(await send(server, 'GET', path), 404, { code: null })
    const second = await list(id, `?limit=2&after=${last_id}`)
    assert.deepEqual([textsOf(second), second.has_more], [['1', '0'], false])
    assert.deepEqual(textsOf(await list(id, '?order=asc')), ['0', '1', '3'])
    assert.deepEqual(textsOf(await list(id, `?before=${last_id}`)), ['3'])
    const last = second.data[1]?.id
    const previous = await list(id, `?limit=1&before=${last}`)
    assert.deepEqual([textsOf(previous), previous.has_more], [['1'], true])
    assert.deepEqual(textsOf(await list(id, `?after=${last_id}&before=${last}`)), ['1'])
    for (const cursor of ['after', 'before']) {
      const path = `/conversations/${id}/items?${cursor}=msg_x`
      assertError(await send(server, 'GET', path), 400, { param: cursor, code: 'invalid_value' })
    }
    const empty = await list((await newConversation()).id)
    assert.deepEqual(empty, { object: 'list', data: [], first_id: null, last_id: null, has_more: false })
  })

  it('keep a file of 50 MB that is within an item', async () => {
    const { id } = await newConversation()
    const file = { type: 'input_file', file_data: 'A'.repeat(66_666_668), filename: 'large.bin' }
    const added = await add(id, [{ role: 'user', content: [file] }, user('small')])
    assert.equal(added.data.length, 2)
    const large = await list(id, '?order=asc')
    assert.deepEqual([large.data.length, large.has_more], [1, true])
    assert.deepEqual(large.data[0]?.content, [file])
    const rest = await list(id, `?order=asc&after=${large.last_id}`)
    assert.deepEqual([rest.data.length, rest.has_more], [1, false])
  })

  it('refuse wrong requests with the place of the problem', async () => {
    const { id } = await newConversation()
    const items = (...some: unknown[]) => ({ items: some })
    const message = (part: object) => items({ role: 'user', content: [part] })
    const part = 'items[0].content[0]'
    for (const [body, param, code] of [
      [{}, 'items', 'missing_required_parameter'],
      [items(), 'items', 'invalid_value'],
      [{ items: 'text' }, 'items', 'invalid_type'],
      [items(...Array(21).fill(user('x'))), 'items', 'array_above_max_length'],
      [items('text'), 'items[0]', 'invalid_type'],
      [items({ content: 'x' }), 'items[0].role', 'missing_required_parameter'],
      [items({ role: 'tool', content: 'x' }), 'items[0].role', 'invalid_value'],
      [items({ role: 'user' }), 'items[0].content', 'missing_required_parameter'],
      [items({ role: 'user', content: 5 }), 'items[0].content', 'invalid_type'],
      [items({ ...user('x'), status: 'new' }), 'items[0].status', 'invalid_value'],
      [items(user('x'), { type: 'web_search_call' }), 'items[1].type', 'invalid_value'],
      [items({ type: 'item_reference', id: 'msg_1' }), 'items[0].type', 'invalid_value'],
      [items({ type: 'function_call', name: 'f' }), 'items[0].call_id', 'missing_required_parameter'],
      [message({ text: 'x' }), `${part}.type`, 'missing_required_parameter'],
      [message({ type: 'text', text: 'x' }), `${part}.type`, 'invalid_value'],
      [message({ type: 'input_text' }), `${part}.text`, 'missing_required_parameter'],
      [message({ type: 'input_file' }), part, 'missing_required_parameter'],
      [message({ type: 'input_file', file_id: 'a', file_data: 'AA==' }), part, 'invalid_value'],
      [message({ type: 'input_file', file_data: '!' }), `${part}.file_data`, 'invalid_value'],
      [message({ type: 'input_file', file_url: 'http://x' }), `${part}.file_url`, 'unsupported_parameter'],
    ] as const) {
      const answer = await send(server, 'POST', `/conversations/${id}/items`, { body })
      assertError(answer, 400, { param, code })
    }
    const unknown = message({ type: 'input_file', file_id: 'file-0' })
    assertError(await send(server, 'POST', '/conversations', { body: unknown }), 404, {
      ...{ message: 'No such File object: file-0', param: `${part}.file_id`, code: null },
    })
    const many = Object.fromEntries([...Array(17).keys()].map((key) => [key, 'x']))
    for (const [path, body, param] of [
      ['/conversations', { metadata: many }, 'metadata'],
      ['/conversations', { metadata: { a: 1 } }, 'metadata.a'],
      [`/conversations/${id}`, {}, 'metadata'],
      [`/conversations/${id}/items?include=all`, items(user('x')), 'include[0]'],
    ] as const) {
      assertError(await send(server, 'POST', path, { body }), 400, { param })
    }
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['order=up', 'order'],
      ['after=msg_x', 'after'],
      ['include[]=all', 'include[0]'],
    ]) {
      const answer = await send(server, 'GET', `/conversations/${id}/items?${query}`)
      assertError(answer, 400, { param: param ?? null })
    }
    assert.deepEqual((await list(id)).data, [])
  })

  it('need the scope models:use', async () => {
    const { secret: apiKey } = await createApiKey(server.context, operatorCaller(server.organizationId), {
      ...{ name: 'Files only', scopes: ['files:read'], expiresAtMs: null },
    })
    assertError(await send(server, 'POST', '/conversations', { body: {}, apiKey }), 403, {
      code: 'missing_scope',
    })
  })
})
