import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import {
  type Reply,
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { sendOk } from './exchange.ts'

interface Found {
  readonly search_query: readonly string[]
}

describe('a search with rewrite_query', () => {
  let models: ScriptedModelServer
  let server: TestApp
  let storeId: string

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    storeId = (await sendOk<{ id: string }>(server, 'POST', '/vector_stores', { body: {} })).id
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  const QUERIES = ['pls tell me the NDA deadline', 'who signs']
  const search = async (reply: Reply, fields: object = {}, app = server) => {
    models.requests.length = 0
    models.play(reply)
    const body = { query: QUERIES, rewrite_query: true, ...fields }
    return (await sendOk<Found>(app, 'POST', `/vector_stores/${storeId}/search`, { body })).search_query
  }
  const lines = (text: string): Reply => ({ kind: 'text', pieces: [text] })
  const GOOD = lines('deadline of the non-disclosure agreement\n\nsignatory\n')

  it('uses the wordings of the default model, and shows them', async () => {
    assert.deepEqual(await search(GOOD), ['deadline of the non-disclosure agreement', 'signatory'])
    const messages = (models.requests[0]?.body.messages ?? []) as readonly { content: string }[]
    assert.equal(messages.at(-1)?.content, QUERIES.join('\n'))
  })

  const FAULTS: readonly (readonly [name: string, reply: Reply])[] = [
    ['fails', { kind: 'status', status: 500, body: {} }],
    ['answers with another number of lines', lines('one line')],
    ['answers with nothing', lines('')],
    ['answers with a line that is too long', lines(`${'x'.repeat(9000)}\nb`)],
  ]
  for (const [name, reply] of FAULTS) {
    it(`uses the queries as they are when the model ${name}`, async () => {
      assert.deepEqual(await search(reply), QUERIES)
    })
  }

  it('asks no model unless rewrite_query is true and the key may use models', async () => {
    assert.deepEqual(await search(GOOD, { rewrite_query: false }), QUERIES)
    assert.equal(models.requests.length, 0)
    const operator = operatorCaller(server.organizationId)
    const { secret } = await createApiKey(server.context, operator, {
      name: 'searches only',
      scopes: ['vector_stores:read'],
    })
    assert.deepEqual(await search(GOOD, {}, { ...server, apiKey: secret }), QUERIES)
    assert.equal(models.requests.length, 0)
  })
})
