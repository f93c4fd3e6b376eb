import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { createClient, sendToApi } from './client.ts'
import { type Answer, json } from './exchange.ts'
import { createStore, dataOf } from './vector-store-bodies.ts'

type Ids = Readonly<Record<'thread' | 'message' | 'response' | 'file' | 'store', string>>

interface Request {
  readonly method: string
  /** Names in braces are replaced by ids, also in the body; `{own…}` by those of the stranger. */
  readonly path: string
  readonly body?: object
}

const UUID = '0198f3a2b4c17d3e8f90a1b2c3d4e5f6'
const UNKNOWN: Ids = {
  ...{ thread: `thrd_${UUID}`, message: `msg_${UUID}`, response: `resp_${UUID}` },
  ...{ file: `file_${UUID}`, store: `vs_${UUID}` },
}

const says = (content: unknown, more: object = {}) => ({ inputs: [{ role: 'user', content, ...more }] })
const answer = (body: object): Request => ({ method: 'POST', path: '/v1/model/response', body })

/** Requests of a stranger that name a record of another organization. */
const REQUESTS: readonly Request[] = [
  ...['GET', 'DELETE'].map((method) => ({ method, path: '/v1/threads/{thread}' })),
  { method: 'PATCH', path: '/v1/threads/{thread}', body: { title: 'stolen' } },
  { method: 'GET', path: '/v1/threads/{thread}/messages' },
  { method: 'POST', path: '/v1/threads/{thread}/messages', body: { role: 'user', content: 'stolen' } },
  ...['GET', 'DELETE'].flatMap((method) => [
    { method, path: '/v1/threads/{thread}/messages/{message}' },
    { method, path: '/v1/threads/{ownThread}/messages/{message}' },
    { method, path: '/v1/model/response/{response}' },
  ]),
  {
    method: 'POST',
    path: '/v1/threads',
    body: { messages: [{ role: 'user', content: [{ type: 'file', file_id: '{file}' }] }] },
  },
  {
    method: 'POST',
    path: '/v1/threads/{ownThread}/messages',
    body: { role: 'user', content: 'a', attachments: [{ file_id: '{file}' }] },
  },
  answer({ ...says('hi'), thread_id: '{thread}' }),
  answer({ ...says('hi'), previous_response_id: '{response}' }),
  answer(says([{ type: 'file', file_id: '{file}' }])),
  answer(says('hi', { files: [{ file_id: '{file}' }] })),
  answer({ ...says('hi'), tools: [{ type: 'file_retrieval', file_ids: ['{file}'] }] }),
  answer({ ...says('hi'), tools: [{ type: 'file_search', mode: 'on', vector_store_ids: ['{store}'] }] }),
]

/** Returns an answer without the parts that differ between any two answers. Details may repeat an id of the request. */
function facts(refusal: Answer) {
  const { error } = json<{ error: Record<string, unknown> & { details: object } }>(refusal)
  const { trace_id: _, timestamp: __, details, ...said } = error
  return { ...said, status: refusal.status, details: Object.keys(details) }
}

describe('threads and responses of one organization, and those of another', () => {
  let server: TestApp
  let models: ScriptedModelServer
  let stranger: { readonly organizationId: string; readonly apiKey: string }
  let owned: Ids
  let ownThread: string

  const ask = ({ method, path, body }: Request, ids: Partial<Ids> = {}, apiKey = stranger.apiKey) => {
    const fill = (text: string) =>
      text
        .replaceAll('{ownThread}', ownThread)
        .replace(/\{(\w+)\}/g, (whole, name) => ids[name as keyof Ids] ?? whole)
    return sendToApi(server, method, fill(path), {
      credentials: { 'x-api-key': apiKey },
      ...(body ? { body: JSON.parse(fill(JSON.stringify(body))) } : {}),
    })
  }

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    stranger = await server.addOrganization('org_stranger')
    const client = createClient(server)
    const note = { filename: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('the secret') }
    const file = await client.uploadFile(note)
    const store = await createStore(client)
    await client.post(`/vector-stores/${store.id}/files`, { file_id: file.id })
    const sent = answer(says('a secret question'))
    const answered = json<{ thread_id: string; response_id: string }>(await ask(sent, {}, server.apiKey))
    const thread = answered.thread_id
    const listed = await ask({ method: 'GET', path: `/v1/threads/${thread}/messages` }, {}, server.apiKey)
    const { messages } = dataOf<{ messages: { id: string }[] }>(listed)
    owned = {
      ...{ thread, response: answered.response_id, message: messages[0]?.id ?? '' },
      ...{ file: file.id, store: store.id },
    }
    const own = await ask({ method: 'POST', path: '/v1/threads', body: {} })
    ownThread = dataOf<{ id: string }>(own, 201).id
    models.requests.length = 0
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  for (const request of REQUESTS) {
    const name = `${request.method} ${request.path} ${JSON.stringify(request.body ?? {})}`
    it(`${name} is refused alike for foreign and for unknown ids`, async () => {
      const foreign = await ask(request, owned)
      assert.equal(foreign.status, 404, foreign.bytes.toString())
      assert.ok(!foreign.bytes.toString().includes('secret'))
      assert.deepEqual(facts(await ask(request, UNKNOWN)), facts(foreign))
    })
  }

  it('a request cannot name the other organization', async () => {
    const organization = server.organizationId
    for (const request of [
      { method: 'GET', path: `/v1/threads?organization_id=${organization}` },
      { method: 'GET', path: `/v1/threads/{thread}?organization_id=${organization}` },
      { method: 'POST', path: '/v1/threads', body: { organization_id: organization } },
      answer({ ...says('hi'), organization_id: organization }),
    ]) {
      assert.equal((await ask(request, owned)).status, 403, request.path)
    }
  })

  it('these requests have changed nothing, listed nothing and asked no model', async () => {
    assert.equal(models.requests.length, 0)
    const listed = dataOf<{ threads: { id: string }[] }>(await ask({ method: 'GET', path: '/v1/threads' }))
    assert.deepEqual(
      listed.threads.map(({ id }) => id),
      [ownThread],
    )
    const path = '/v1/threads/{thread}'
    const thread = await ask({ method: 'GET', path }, owned, server.apiKey)
    const { message_count, title } = dataOf<{ message_count: number; title: string | null }>(thread)
    assert.deepEqual([message_count, title], [2, null])
    const response = { method: 'GET', path: '/v1/model/response/{response}' }
    assert.equal((await ask(response, owned, server.apiKey)).status, 200)
  })
})
