import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { OpenAIConversationsSession } from '@openai/agents'
import OpenAI from 'openai'
import { startApp, type TestApp } from '../start-app.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

describe('conversations with stock clients', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  const options = () => ({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })

  // The client of version 4 has no conversations.
  for (const { name, create } of STOCK_CLIENTS.filter(({ name }) => name !== 'openai 4')) {
    it(`${name} creates, fills, iterates and deletes a conversation`, async () => {
      const { conversations } = create(options())
      const { id, metadata } = await conversations.create({ metadata: { topic: 'a' }, items: [] })
      assert.deepEqual(metadata, { topic: 'a' })
      const texts = Array.from({ length: 5 }, (_, index) => `message ${index}`)
      const items = texts.map((content) => ({ type: 'message', role: 'user', content }) as const)
      const added = await conversations.items.create(id, { items })
      assert.equal(added.data.length, 5)
      const seen: string[] = []
      for await (const item of conversations.items.list(id, { order: 'asc', limit: 2 })) {
        const [part] = item.type === 'message' ? item.content : []
        seen.push(part?.type === 'input_text' ? part.text : '')
        // A script that deletes while it iterates must still see every item.
        await conversations.items.delete(item.id ?? '', { conversation_id: id })
      }
      assert.deepEqual(seen, texts)
      assert.deepEqual((await conversations.update(id, { metadata: { b: 'c' } })).metadata, { b: 'c' })
      assert.equal((await conversations.delete(id)).deleted, true)
      await assert.rejects(
        Promise.resolve(conversations.retrieve(id)),
        /404 Conversation with id '\w+' not found\./,
      )
    })
  }

  it('keep a session of the Agents SDK', async () => {
    const session = new OpenAIConversationsSession({ client: new OpenAI(options()) as never })
    await session.addItems([
      { type: 'message', role: 'user', content: 'question' },
      { type: 'function_call', callId: 'c', name: 'f', arguments: '{}', status: 'completed' },
      {
        type: 'function_call_result',
        ...{ callId: 'c', name: 'f', status: 'completed' },
        output: { type: 'text', text: 'done' },
      },
      {
        ...{ type: 'message', role: 'assistant', status: 'completed' },
        content: [{ type: 'output_text', text: 'answer' }],
      },
    ])
    assert.match(await session.getSessionId(), /^conv_/)
    const types = (items: readonly { readonly type?: string | undefined }[]) => items.map(({ type }) => type)
    const all = ['message', 'function_call', 'function_call_result', 'message']
    assert.deepEqual(types(await session.getItems()), all)
    assert.equal((await session.getItems(1)).length, 1)
    const last = await session.popItem()
    assert.equal(last && 'role' in last && last.role, 'assistant')
    assert.deepEqual(types(await session.getItems()), all.slice(0, 3))
    await session.clearSession()
    assert.deepEqual(await session.getItems(), [])
  })
})
