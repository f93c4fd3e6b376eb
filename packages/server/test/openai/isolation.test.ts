import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Endpoint } from '../../src/protocols/http/endpoint.ts'
import { OPENAI_ENDPOINTS } from '../../src/protocols/openai/openai-endpoints.ts'
import { type Answer, json } from '../api/exchange.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, formOf, type OpenaiError, send, sendForm, sendOk, uploadText } from './exchange.ts'
import { uploadRequests } from './upload-requests.ts'

type Ids = Readonly<Record<string, string>>

const UUID = '0198f3a2b4c17d3e8f90a1b2c3d4e5f6'
const UNKNOWN: Ids = {
  file_id: `file-${UUID}`,
  vector_store_id: `vs_${UUID}`,
  batch_id: `vsfb_${UUID}`,
  upload_id: `upload_${UUID}`,
  conversation_id: `conv_${UUID}`,
  item_id: `msg_${UUID}`,
  response_id: `resp_${UUID}`,
}

/** Bodies that each endpoint accepts. */
const BODIES: Readonly<Record<string, object>> = {
  createVectorStore: {},
  completePartUpload: { part_ids: [`part_${UUID}`] },
  updateVectorStore: { name: 'stolen' },
  searchVectorStores: { query: 'secret' },
  addStoreFile: { file_id: UNKNOWN.file_id },
  updateStoreFile: { attributes: { stolen: true } },
  createFileBatch: { file_ids: [UNKNOWN.file_id] },
  updateConversation: { metadata: { stolen: 'yes' } },
  addConversationItems: { items: [{ role: 'user', content: 'stolen' }] },
}

/** Form that each endpoint for forms accepts. */
const FORM = {
  body: formOf([{ name: 'data', value: 'stolen', filename: 'blob' }], 'xyz'),
  headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
}

/** Endpoints that name a record of an organization. Models belong to the installation. */
const WITH_IDS = OPENAI_ENDPOINTS.filter(({ path }) => path.includes(':') && !path.startsWith('/v1/models'))
const nameOf = ({ method, path }: Endpoint) => `${[method].flat()[0]} ${path}`

describe('the OpenAI API of one organization, and the data of another', () => {
  let server: TestApp
  let models: ScriptedModelServer
  let stranger: string
  let owned: Ids
  let strangers: Ids

  /** Makes a File in a store and a batch, and a response in a conversation. */
  async function fill(apiKey: string): Promise<Ids> {
    const form = await sendForm(
      server,
      [
        { name: 'purpose', value: 'assistants' },
        { name: 'file', value: 'the secret', filename: 'secret.txt' },
      ],
      apiKey,
    )
    const file_id = json<{ id: string }>(form).id
    const { id: vector_store_id } = await sendOk<{ id: string }>(server, 'POST', '/vector_stores', {
      body: { name: 'Owned' },
      apiKey,
    })
    const batches = `/vector_stores/${vector_store_id}/file_batches`
    const sent = { body: { file_ids: [file_id] }, apiKey }
    const { id: batch_id } = await sendOk<{ id: string }>(server, 'POST', batches, sent)
    const items = [{ role: 'user', content: 'the secret' }]
    const conversation = { body: { items }, apiKey }
    const { id: conversation_id } = await sendOk<{ id: string }>(
      server,
      'POST',
      '/conversations',
      conversation,
    )
    const listed = await sendOk<{ first_id: string }>(
      server,
      'GET',
      `/conversations/${conversation_id}/items`,
      { apiKey },
    )
    const asked = { body: { input: 'the secret', conversation: conversation_id }, apiKey }
    const { id: response_id } = await sendOk<{ id: string }>(server, 'POST', '/responses', asked)
    const { id: upload_id } = await uploadRequests(server, apiKey).create()
    const item_id = listed.first_id
    return { file_id, vector_store_id, batch_id, upload_id, conversation_id, item_id, response_id }
  }

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    stranger = (await server.addOrganization('org_stranger')).apiKey
    owned = await fill(server.apiKey)
    strangers = await fill(stranger)
    models.requests.length = 0
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  const ask = ({ method, path, operation }: Endpoint, ids: Ids, apiKey = stranger): Promise<Answer> => {
    const body = BODIES[operation.action]
    const sent = operation.action === 'addUploadPart' ? FORM : body ? { body } : {}
    const filled = path.replace('/v1', '').replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '')
    return send(server, [method].flat()[0] ?? '', filled, { apiKey, ...sent })
  }
  /** Returns the error without the ids of the request. */
  const errorOf = (answer: Answer, ids: Ids): OpenaiError => {
    const { error } = json<{ error: OpenaiError }>(answer)
    const message = Object.entries(ids).reduce((text, [name, id]) => text.replaceAll(id, name), error.message)
    return { ...error, message }
  }

  for (const endpoint of WITH_IDS) {
    it(`${nameOf(endpoint)} is refused alike for foreign and for unknown ids`, async () => {
      const foreign = await ask(endpoint, owned)
      assertError(foreign, 404, { code: null })
      assert.deepEqual(errorOf(foreign, owned), errorOf(await ask(endpoint, UNKNOWN), UNKNOWN))
    })

    if (!/:(file|batch)_id/.test(endpoint.path) || !endpoint.path.includes('vector_store')) continue
    it(`${nameOf(endpoint)} is refused alike within a store of its own`, async () => {
      const { vector_store_id = '' } = strangers
      const [foreignIds, unknownIds] = [
        { ...owned, vector_store_id },
        { ...UNKNOWN, vector_store_id },
      ]
      const foreign = await ask(endpoint, foreignIds)
      assertError(foreign, 404, { code: null })
      assert.deepEqual(errorOf(foreign, foreignIds), errorOf(await ask(endpoint, unknownIds), unknownIds))
    })
  }

  for (const endpoint of WITH_IDS.filter(({ path }) => path.includes(':item_id'))) {
    it(`${nameOf(endpoint)} is refused alike within a conversation of its own`, async () => {
      const { conversation_id = '' } = strangers
      const [foreignIds, unknownIds] = [
        { ...owned, conversation_id },
        { ...UNKNOWN, conversation_id },
      ]
      const foreign = await ask(endpoint, foreignIds)
      assertError(foreign, 404, { code: null })
      assert.deepEqual(errorOf(foreign, foreignIds), errorOf(await ask(endpoint, unknownIds), unknownIds))
    })
  }

  const file = { type: 'input_file', file_id: 'file_id' }
  const image = { type: 'input_image', file_id: 'file_id' }
  const search = { type: 'file_search', vector_store_ids: ['vector_store_id'] }
  /** Bodies in which the name of an id stands for it. */
  const NAMING: readonly (readonly [path: string, body: object, status?: number])[] = [
    ...['/responses', '/responses/input_tokens'].flatMap((path) => [
      [path, { input: 'hi', previous_response_id: 'response_id' }, 400] as const,
      [path, { input: 'hi', conversation: 'conversation_id' }] as const,
      [path, { input: [{ type: 'item_reference', id: 'item_id' }] }] as const,
      [path, { input: [{ role: 'user', content: [file] }] }] as const,
      [path, { input: [{ role: 'user', content: [image] }] }] as const,
    ]),
    ['/responses', { input: 'hi', tools: [search] }],
    ['/conversations', { items: [{ role: 'user', content: [file] }] }],
    ['/conversations/own_conversation/items', { items: [{ role: 'user', content: [file] }] }],
    [
      '/chat/completions',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_id' } }] }] },
    ],
  ]
  for (const [path, body, status = 404] of NAMING) {
    it(`POST ${path} with ${JSON.stringify(body)} is refused alike for foreign and for unknown ids`, async () => {
      const name = async (ids: Ids) => {
        const filled = JSON.stringify(body).replace(/(?<=")(\w+_id)"(?!:)/g, (_, id) => `${ids[id]}"`)
        const own = path.replace('own_conversation', strangers.conversation_id ?? '')
        return send(server, 'POST', own, { body: JSON.parse(filled), apiKey: stranger })
      }
      const foreign = await name(owned)
      assertError(foreign, status)
      assert.deepEqual(errorOf(foreign, owned), errorOf(await name(UNKNOWN), UNKNOWN))
      assert.equal(models.requests.length, 0)
    })
  }

  for (const endpoint of OPENAI_ENDPOINTS) {
    it(`${nameOf(endpoint)} needs a key`, async () => {
      assertError(await ask(endpoint, owned, 'oak_live_wrong'), 401, { code: 'invalid_api_key' })
    })
  }

  it('foreign ids are no cursors', async () => {
    const cursors = [
      ['/files', owned.file_id],
      ['/vector_stores', owned.vector_store_id],
      [`/conversations/${strangers.conversation_id}/items`, owned.item_id],
      [`/responses/${strangers.response_id}/input_items`, owned.item_id],
      [`/vector_stores/${strangers.vector_store_id}/files`, owned.file_id],
      [`/vector_stores/${strangers.vector_store_id}/file_batches/${strangers.batch_id}/files`, owned.file_id],
    ]
    for (const [path, id] of cursors) {
      const answer = await send(server, 'GET', `${path}?after=${id}`, { apiKey: stranger })
      assertError(answer, 400, { code: 'invalid_value', param: 'after' })
    }
  })

  it('a foreign file is added to no store', async () => {
    const path = `/vector_stores/${strangers.vector_store_id}`
    for (const file_id of [owned.file_id, UNKNOWN.file_id]) {
      const single = await send(server, 'POST', `${path}/files`, { body: { file_id }, apiKey: stranger })
      assertError(single, 404, { param: 'file_id' })
      const batch = await sendOk<{ file_counts: { failed: number } }>(
        server,
        'POST',
        `${path}/file_batches`,
        {
          body: { files: [{ file_id }] },
          apiKey: stranger,
        },
      )
      assert.equal(batch.file_counts.failed, 1)
      const entry = await sendOk<{ last_error: { code: string; message: string } }>(
        server,
        'GET',
        `${path}/files/${file_id}`,
        { apiKey: stranger },
      )
      assert.equal(entry.last_error.code, 'invalid_file')
      assert.ok(!JSON.stringify(entry).includes('secret'))
      await sendOk(server, 'DELETE', `${path}/files/${file_id}`, { apiKey: stranger })
    }
  })

  it('parts of another organization are not joined', async () => {
    const { id } = await uploadRequests(server).create()
    const own = uploadRequests(server, stranger)
    const part = await uploadRequests(server).add(id, 'hello world')
    const upload = await own.create()
    assertError(await own.complete(upload.id, [part]), 400, { code: 'invalid_value', param: 'part_ids' })
  })

  it('lists have nothing of another organization', async () => {
    for (const path of ['/files', '/vector_stores']) {
      const { data } = await sendOk<{ data: { id: string }[] }>(server, 'GET', path, { apiKey: stranger })
      const own = path === '/files' ? strangers.file_id : strangers.vector_store_id
      assert.deepEqual(
        data.map(({ id }) => id),
        [own],
      )
    }
  })

  it('these requests have changed nothing of the owner', async () => {
    const path = `/vector_stores/${owned.vector_store_id}`
    assert.equal((await sendOk<{ name: string }>(server, 'GET', path)).name, 'Owned')
    const file = await sendOk<{ attributes: object }>(server, 'GET', `${path}/files/${owned.file_id}`)
    assert.deepEqual(file.attributes, {})
    await sendOk(server, 'GET', `/responses/${owned.response_id}`)
    const conversation = `/conversations/${owned.conversation_id}`
    assert.deepEqual((await sendOk<{ metadata: object }>(server, 'GET', conversation)).metadata, {})
    const items = await sendOk<{ data: object[] }>(server, 'GET', `${conversation}/items`)
    assert.equal(items.data.length, 3)
    assert.equal(
      (await send(server, 'GET', `/files/${owned.file_id}/content`)).bytes.toString(),
      'the secret',
    )
    assert.equal((await uploadRequests(server).get(owned.upload_id ?? '')).status, 'pending')
    assert.ok(await uploadText(server))
  })
})
