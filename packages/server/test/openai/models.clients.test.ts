import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

describe('models, embeddings and chats of stock clients', () => {
  let upstream: ScriptedModelServer
  let server: TestApp
  before(async () => {
    upstream = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: upstream.url } })
  })
  after(async () => {
    await server?.stop()
    await upstream?.stop()
  })
  beforeEach(() => upstream.play())

  for (const { name, create } of STOCK_CLIENTS) {
    describe(name, () => {
      const client = () => create({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })

      it('lists models, and gets one whose name has a slash', async () => {
        const ids: string[] = []
        for await (const { id } of client().models.list()) ids.push(id)
        assert.deepEqual(ids, ['tiny', 'org/large'])
        assert.equal((await client().models.retrieve('org/large')).owned_by, 'someone')
        await assert.rejects(client().models.retrieve('nothing'), { status: 404, code: 'model_not_found' })
      })

      for (const format of [{}, { encoding_format: 'float' }] as const) {
        it(`embeds texts ${JSON.stringify(format)}`, async () => {
          const { data } = await client().embeddings.create({ model: 'tiny', input: ['a', 'b'], ...format })
          assert.deepEqual(
            data.map(({ embedding }) => [...embedding]),
            [
              [0.5, -1, 0],
              [0.5, -1, 1],
            ],
          )
        })
      }

      it('streams a chat', async () => {
        const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
        upstream.play({ kind: 'text', pieces: ['Wöl', 'd 🌍'], usage })
        const stream = await client().chat.completions.create({
          model: 'tiny',
          messages: [{ role: 'user', content: 'Hello' }],
          stream: true,
          stream_options: { include_usage: true },
        })
        let text = ''
        let counted: unknown = null
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? ''
          counted = chunk.usage ?? counted
        }
        assert.equal(text, 'Wöld 🌍')
        assert.deepEqual(counted, usage)
      })

      it('reports a chat whose stream breaks off', async () => {
        const text = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\ndata: {"choi'
        upstream.play({ kind: 'raw', text, breaksOff: true })
        const messages = [{ role: 'user', content: 'Hello' } as const]
        const stream = await client().chat.completions.create({ model: 'tiny', messages, stream: true })
        const read = async () => {
          for await (const { choices } of stream) assert.equal(choices[0]?.delta.content, 'Hel')
        }
        await assert.rejects(read(), { code: 'model_server_error' })
      })
    })
  }
})
