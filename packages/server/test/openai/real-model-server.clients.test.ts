import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import OpenAI from 'openai'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

const { MODEL_SERVER_URL, MODEL_SERVER_API_KEY, CHAT_MODEL } = process.env
const skip = MODEL_SERVER_URL === undefined && 'MODEL_SERVER_URL names no model server'

describe('answers of a real model server', { skip }, () => {
  let fox: FoxStore
  let client: OpenAI
  let model: string

  before(async () => {
    fox = await startFoxStore({
      MODEL_SERVER_URL: MODEL_SERVER_URL ?? '',
      ...(MODEL_SERVER_API_KEY !== undefined && { MODEL_SERVER_API_KEY }),
    })
    client = new OpenAI(fox.options)
    const [first] = (await client.models.list()).data
    model = CHAT_MODEL ?? first?.id ?? assert.fail('the model server has no model')
  })
  after(() => fox?.stop())

  it('come over a file, are streamed, and are continued by the ids of their items', async () => {
    const question = { role: 'user', content: 'Where does the fox sleep?' } as const
    const stream = client.responses.stream({
      ...{ model, input: [question], include: ['file_search_call.results'] },
      tools: [{ type: 'file_search', vector_store_ids: [fox.storeId] }],
    })
    let text = ''
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
    const response = await stream.finalResponse()
    assert.equal(response.status, 'completed')
    assert.ok(text.length > 0)
    assert.equal(response.output_text, text)
    const [search] = response.output
    assert.ok(search?.type === 'file_search_call')
    assert.equal(search.results?.[0]?.text, FOX)
    const references = response.output.map(({ id = '' }) => ({ type: 'item_reference', id }) as const)
    const input = [question, ...references, { role: 'user', content: 'Say it in one word.' } as const]
    const next = await client.responses.create({ model, input })
    assert.ok(next.output_text.length > 0)
    assert.ok((next.usage?.input_tokens ?? 0) > (next.usage?.output_tokens ?? 0))
  })

  it('come as a chat completion with its usage', async () => {
    const messages = [{ role: 'user', content: 'Say hello.' } as const]
    const { choices, usage } = await client.chat.completions.create({ model, messages })
    assert.ok((choices[0]?.message.content ?? '').length > 0)
    assert.ok((usage?.total_tokens ?? 0) > 0)
  })
})
