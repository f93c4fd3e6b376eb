import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type OpenAI from 'openai'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { answerOf, deltasOf } from '../responses/replies.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

describe('responses with the stock client', () => {
  let server: TestApp
  let models: ScriptedModelServer

  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
  })
  after(async () => {
    await server?.stop()
    await models?.stop()
  })

  for (const { name, create, toFile } of STOCK_CLIENTS) {
    describe(name, () => {
      let client: OpenAI
      before(() => {
        client = create({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })
      })

      it('creates, reads, continues and deletes a response', async () => {
        models.play(answerOf('Hel', 'lo'))
        const response = await client.responses.create({ model: 'small', input: 'hi' })
        assert.equal(response.output_text, 'Hello')
        assert.equal((await client.responses.retrieve(response.id)).status, 'completed')
        const items = await client.responses.inputItems.list(response.id)
        assert.equal(items.data.length, 1)
        const next = { model: 'small', input: 'more', previous_response_id: response.id }
        assert.equal((await client.responses.create(next)).previous_response_id, response.id)
        const responses = client.responses as unknown as Record<string, (id: string) => Promise<unknown>>
        await (responses.delete ?? responses.del)?.call(client.responses, response.id)
        await assert.rejects(client.responses.retrieve(response.id), { status: 404 })
      })

      it('streams an answer over a file, with its citation', async () => {
        const file = await client.files.create({
          file: await toFile(Buffer.from('The fox sleeps in its den.'), 'fox.txt'),
          purpose: 'assistants',
        })
        const store = await client.vectorStores.create({ file_ids: [file.id] })
        await client.vectorStores.files.poll(store.id, file.id, { pollIntervalMs: 20 })
        models.play(answerOf('In its den 【', '1】.'))
        const stream = client.responses.stream({
          model: 'small',
          input: 'Where does the fox sleep?',
          tools: [{ type: 'file_search', vector_store_ids: [store.id] }],
          include: ['file_search_call.results'],
        })
        const seen = new Set<string>()
        for await (const { type } of stream) seen.add(type)
        const response = await stream.finalResponse()
        const [search, message] = response.output
        assert.ok(search?.type === 'file_search_call' && message?.type === 'message')
        assert.equal(search.results?.[0]?.file_id, file.id)
        const [part] = message.content
        assert.ok(part?.type === 'output_text')
        const [annotation] = part.annotations
        assert.ok(annotation?.type === 'file_citation')
        assert.equal(annotation.file_id, file.id)
        assert.ok(!part.text.includes('【'))
        for (const type of ['file_search_call.completed', 'output_text.annotation.added', 'completed'])
          assert.ok(seen.has(`response.${type}`), type)
      })

      it('reads the end of a response that fails in the middle of its stream', async () => {
        models.play(deltasOf([{ content: 'Hel' }], null))
        const stream = await client.responses.create({ model: 'small', input: 'hi', stream: true })
        const types: string[] = []
        for await (const { type } of stream) types.push(type)
        assert.equal(types.at(-1), 'response.failed')
      })
    })
  }
})
