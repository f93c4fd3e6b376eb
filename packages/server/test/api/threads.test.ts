import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, sendToApi, textFile } from './client.ts'
import { type Answer, json } from './exchange.ts'
import { dataOf } from './vector-store-bodies.ts'

interface Thread {
  readonly id: string
  readonly message_count: number
  readonly created_at: string
  readonly updated_at: string
  readonly [member: string]: unknown
}

interface Message {
  readonly id: string
  readonly content: readonly { readonly text?: string }[]
  readonly created_at: string
  readonly attachments: unknown
  readonly [member: string]: unknown
}

interface List {
  readonly threads: Thread[]
  readonly messages: Message[]
  readonly total: number
  readonly skip: number
  readonly take: number
  readonly has_more: boolean
}

const NOTE = { filename: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('a note\n') }

describe('threads', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server?.stop())

  const ask = (method: string, path: string, body?: unknown, apiKey = server.apiKey, headers = {}) =>
    sendToApi(server, method, `/v1/threads${path}`, {
      credentials: { 'x-api-key': apiKey },
      headers,
      ...(body === undefined ? {} : { body }),
    })
  const newThread = async (body?: object) => dataOf<Thread>(await ask('POST', '', body), 201)
  const newMessage = async (thread: string, body: object) =>
    dataOf<Message>(await ask('POST', `/${thread}/messages`, body), 201)
  const listOf = async (path: string, apiKey = server.apiKey) =>
    dataOf<List>(await ask('GET', path, undefined, apiKey))
  const assertCode = (answer: Answer, status: number, code: string) => {
    const { error } = json<{ error: { code: string; details: { field?: string } } }>(answer)
    assert.deepEqual([answer.status, error.code], [status, code], answer.bytes.toString())
    return error.details
  }
  const newKey = async (scopes: readonly 'models:use'[]) => {
    const input = { name: `Key ${Math.random()}`, scopes, expiresAtMs: null }
    return createApiKey(server.context, operatorCaller(server.organizationId), input)
  }

  it('are created, read, changed and deleted', async () => {
    const created = await newThread({ title: 'Räume', metadata: { a: 'b' } })
    assert.match(created.id, /^thrd_[0-9a-f]{32}$/)
    assert.match(String(created.created_by), /^ak_/)
    const expected = {
      ...created,
      ...{ organization_id: server.organizationId, title: 'Räume', metadata: { a: 'b' }, message_count: 0 },
    }
    assert.deepEqual(created, expected)
    for (const id of [created.id, created.id.replace('thrd_', 'thread_')]) {
      assert.deepEqual(dataOf(await ask('GET', `/${id}`)), expected)
    }
    const same = dataOf<Thread>(await ask('PATCH', `/${created.id}`, {}))
    assert.deepEqual(same, { ...expected, updated_at: same.updated_at })
    const changed = dataOf<Thread>(await ask('PATCH', `/${created.id}`, { title: null, metadata: null }))
    assert.deepEqual([changed.title, changed.metadata], [null, {}])
    const deleted = await ask('DELETE', `/${created.id}`)
    assert.deepEqual([deleted.status, deleted.bytes.length], [204, 0])
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/messages'],
      ['GET', '/messages/msg_x'],
    ] as const) {
      const body = method === 'PATCH' ? {} : undefined
      assertCode(await ask(method, `/${created.id}${path}`, body), 404, 'THREAD_NOT_FOUND')
    }
    assert.equal((await newThread()).title, null)
  })

  it('keep messages of text blocks and files, and know deleted Files by their ids', async () => {
    const file = await client.uploadFile(NOTE)
    const messages = [{ role: 'user', content: 'hello' }]
    const thread = await newThread({ organization_id: server.organizationId, messages })
    const content = [{ text: 'see' }, { type: 'file', file_id: file.id }]
    const added = await newMessage(thread.id, {
      ...{ role: 'user', content },
      attachments: [{ file_id: file.id.replace('file_', 'file-') }],
    })
    const named = { file_id: file.id, filename: 'a.txt', mime_type: 'text/plain' }
    const expected = {
      ...{ id: added.id, thread_id: thread.id, role: 'user', response_id: null },
      content: [
        { type: 'text', text: 'see' },
        { type: 'file', ...named },
      ],
      ...{ attachments: [named], created_at: added.created_at },
    }
    assert.deepEqual(added, expected)
    const path = `/${thread.id}/messages`
    assert.deepEqual(dataOf(await ask('GET', `${path}/${added.id}`)), expected)
    assert.equal((await client.del(`/files/${file.id}`)).status, 204)
    const gone = { file_id: file.id, filename: null, mime_type: null }
    const answer = await newMessage(thread.id, { role: 'assistant', content: 'answer' })
    assert.deepEqual(answer.content, [{ type: 'text', text: 'answer', annotations: [] }])
    const { messages: listed, ...rest } = await listOf(path)
    assert.deepEqual(rest, { total: 3, skip: 0, take: 20, has_more: false })
    assert.deepEqual(
      listed.map(({ content }) => content[0]?.text),
      ['hello', 'see', 'answer'],
    )
    assert.deepEqual(listed[1]?.attachments, [gone])
    const newest = await listOf(`${path}?order=desc&skip=1&take=1`)
    assert.deepEqual([newest.messages[0]?.id, newest.total, newest.has_more], [added.id, 3, true])
    assert.equal(dataOf<Thread>(await ask('GET', `/${thread.id}`)).message_count, 3)
    assert.equal((await ask('DELETE', `${path}/${added.id}`)).status, 204)
    assertCode(await ask('DELETE', `${path}/${added.id}`), 404, 'MESSAGE_NOT_FOUND')
    assertCode(await ask('GET', `${path}/${added.id}`), 404, 'MESSAGE_NOT_FOUND')
    assert.equal((await listOf(path)).total, 2)
  })

  it('are the conversations of the OpenAI API', async () => {
    const thread = await newThread({ messages: [{ role: 'user', content: 'hello' }] })
    const path = `/v1/conversations/${thread.id.replace('thrd_', 'conv_')}/items`
    const headers = { 'x-api-key': server.apiKey, 'content-type': 'application/json' }
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
    const items = JSON.stringify({ items: [{ role: 'assistant', content: 'hi' }, call] })
    const added = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: items })
    const { last_id } = (await added.json()) as { last_id: string }
    const { messages, total } = await listOf(`/${thread.id}/messages`)
    assert.deepEqual([messages.length, total], [2, 2])
    for (const method of ['GET', 'DELETE']) {
      assertCode(await ask(method, `/${thread.id}/messages/${last_id}`), 404, 'MESSAGE_NOT_FOUND')
    }
    const listed = await (await fetch(`${server.url}${path}`, { headers })).json()
    assert.equal((listed as { data: object[] }).data.length, 3)
  })

  it('are listed to the key that created them, and all of them to administrators', async () => {
    const [one, other] = [await newKey(['models:use']), await newKey(['models:use'])]
    const ids: string[] = []
    for (const { secret } of [one, one, other]) {
      const thread = dataOf<Thread>(await ask('POST', '', {}, secret), 201)
      ids.unshift(thread.id)
    }
    const own = await listOf('?take=1', one.secret)
    assert.deepEqual({ ...own, threads: own.threads.map(({ id }) => id) }, {
      ...{ threads: [ids[1]], total: 2, skip: 0, take: 1, has_more: true },
    } as object)
    const second = await listOf(`?skip=1&organization_id=${server.organizationId}`, one.secret)
    assert.deepEqual([second.threads.map(({ id }) => id), second.has_more], [[ids[2]], false])
    const all = await listOf('?take=3')
    assert.deepEqual(
      all.threads.map(({ id }) => id),
      ids,
    )
  })

  it('refuse wrong requests', async () => {
    const { id } = await newThread()
    const messages = `/${id}/messages`
    const text = (changes: object) => ({ role: 'user', content: 'x', ...changes })
    for (const [method, path, body, field] of [
      ['POST', '', { title: 'x'.repeat(256) }, 'title'],
      ['POST', '', { title: 'a\0' }, 'title'],
      ['POST', '', { metadata: { a: 'x'.repeat(513) } }, 'metadata.a'],
      ['POST', '', { messages: Array(21).fill(text({})) }, 'messages'],
      [
        'POST',
        '',
        { messages: [{ role: 'user', content: [{ type: 'file' }] }] },
        'messages[0].content[0].file_id',
      ],
      ['PATCH', `/${id}`, { title: 5 }, 'title'],
      ['POST', messages, { content: 'x' }, 'role'],
      ['POST', messages, text({ role: 'tool' }), 'role'],
      ['POST', messages, { role: 'user' }, 'content'],
      ['POST', messages, text({ content: [] }), 'content'],
      ['POST', messages, text({ content: [{ type: 'text' }] }), 'content[0].text'],
      ['POST', messages, text({ content: [{ type: 'audio' }] }), 'content'],
      ['POST', messages, text({ attachments: [{}] }), 'attachments'],
      ['GET', '?take=0', undefined, 'take'],
      ['GET', '?take=101', undefined, 'take'],
      ['GET', '?skip=-1', undefined, 'skip'],
      ['GET', '?skip=10001', undefined, 'skip'],
      ['GET', `${messages}?order=up`, undefined, 'order'],
      ['GET', `${messages}?skip=10001`, undefined, 'skip'],
    ] as const) {
      const details = assertCode(await ask(method, path, body), 422, 'VALIDATION_ERROR')
      assert.equal(details.field, field)
    }
    assert.equal((await listOf(messages)).total, 0)
  })

  it('name the place of a File that does not exist', async () => {
    const { id } = await newThread()
    const { id: file_id } = await client.uploadFile(textFile())
    const missing = { type: 'file', file_id: 'file_x' }
    const attachments = [{ file_id }, { file_id: 'file_x' }]
    const first = { role: 'user', content: 'hi' }
    for (const [message, field] of [
      [{ role: 'user', content: 'x', attachments }, 'attachments[1].file_id'],
      [{ role: 'user', content: [{ text: 'x' }, missing], attachments }, 'content[1].file_id'],
    ] as const) {
      const added = await ask('POST', `/${id}/messages`, message)
      assert.equal(assertCode(added, 404, 'FILE_NOT_FOUND').field, field)
      const created = await ask('POST', '', { messages: [first, message] })
      assert.equal(assertCode(created, 404, 'FILE_NOT_FOUND').field, `messages[1].${field}`)
    }
    assert.equal((await listOf(`/${id}/messages`)).total, 0)
  })

  it('belong to the organization of the key', async () => {
    const stranger = await server.addOrganization('org_stranger')
    const { id } = await newThread({ messages: [{ role: 'user', content: 'secret' }] })
    const message = (await listOf(`/${id}/messages`)).messages[0]?.id
    const named = `organization_id=${server.organizationId}`
    for (const [method, path, body] of [
      ['POST', '', { organization_id: server.organizationId }],
      ['POST', `?${named}`, {}],
      ['GET', `?${named}`],
      ['GET', `/${id}?${named}`],
    ] as const) {
      const answer = await ask(method, path, body, stranger.apiKey)
      assertCode(answer, 403, 'ORGANIZATION_ACCESS_DENIED')
    }
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['PATCH', `/${id}`, { title: 'stolen' }],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/messages`],
      ['POST', `/${id}/messages`, { role: 'user', content: 'x' }],
      ['GET', `/${id}/messages/${message}`],
      ['DELETE', `/${id}/messages/${message}`],
    ] as const) {
      assertCode(await ask(method, path, body, stranger.apiKey), 404, 'THREAD_NOT_FOUND')
    }
    const own = dataOf<Thread>(await ask('POST', '', {}, stranger.apiKey), 201)
    for (const method of ['GET', 'DELETE']) {
      const path = `/${own.id}/messages/${message}`
      assertCode(await ask(method, path, undefined, stranger.apiKey), 404, 'MESSAGE_NOT_FOUND')
    }
    assert.equal((await listOf('', stranger.apiKey)).total, 1)
    assert.equal((await listOf(`/${id}/messages`)).total, 1)
    assertCode(await ask('GET', '', undefined, 'oak_live_wrong'), 401, 'INVALID_API_KEY')
    const { secret } = await createApiKey(server.context, operatorCaller(server.organizationId), {
      ...{ name: 'Files', scopes: ['files:read'], expiresAtMs: null },
    })
    assertCode(await ask('GET', '', undefined, secret), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  it('are unknown to clients of the Assistants API', async () => {
    const { id } = await newThread()
    for (const [method, path] of [
      ['POST', ''],
      ['GET', `/${id}`],
      ['POST', `/${id}`],
      ['POST', `/${id}/runs`],
      ['POST', '/runs'],
    ] as const) {
      const answer = await fetch(`${server.url}/v1/threads${path}`, {
        method,
        headers: { 'x-api-key': server.apiKey, 'openai-beta': 'assistants=v2' },
      })
      const { error } = (await answer.json()) as { error: { code: string; type: string } }
      assert.deepEqual(
        [answer.status, error.code, error.type],
        [404, 'unsupported_endpoint', 'invalid_request_error'],
        `${method} ${path}`,
      )
    }
  })
})
