import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { HumanMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { z } from 'zod'
import type { Reply } from '../models/scripted-model-server.ts'
import { answerOf, callsOf } from '../responses/replies.ts'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

/** Call of a function in a chat completion that is not streamed. */
const WHOLE_CALL: Reply = {
  kind: 'status',
  status: 200,
  body: {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', model: 'tiny' },
    choices: [
      {
        ...{ index: 0, finish_reason: 'tool_calls' },
        message: {
          ...{ role: 'assistant', content: null },
          tool_calls: [
            {
              ...{ id: 'call_0', type: 'function' },
              function: { name: 'weather', arguments: '{"city":"Oslo"}' },
            },
          ],
        },
      },
    ],
  },
}

describe('LangChain', () => {
  let fox: FoxStore
  before(async () => {
    fox = await startFoxStore()
  })
  after(() => fox?.stop())

  const configured = () => ({
    apiKey: fox.options.apiKey,
    configuration: { baseURL: fox.options.baseURL },
    maxRetries: 0,
  })
  const modelOf = (useResponsesApi: boolean) =>
    new ChatOpenAI({ ...configured(), model: 'small', useResponsesApi })

  const APIS = [
    { name: 'chat completions', isResponses: false, call: WHOLE_CALL },
    { name: 'responses', isResponses: true, call: callsOf(['weather', { city: 'Oslo' }]) },
  ]
  for (const { name, isResponses, call } of APIS) {
    describe(`over ${name}`, () => {
      it('answers', async () => {
        fox.models.play(answerOf('Hel', 'lo'))
        assert.equal((await modelOf(isResponses).invoke('hi')).text, 'Hello')
      })

      it('streams an answer with its usage', async () => {
        const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
        fox.models.play({ kind: 'text', pieces: ['Wöl', 'd 🌍'], usage })
        const pieces: string[] = []
        let counted: unknown
        for await (const chunk of await modelOf(isResponses).stream('hi')) {
          if (chunk.text !== '') pieces.push(chunk.text)
          counted = chunk.usage_metadata ?? counted
        }
        assert.deepEqual(pieces, ['Wöl', 'd 🌍'])
        assert.partialDeepStrictEqual(counted, { input_tokens: 7, output_tokens: 5, total_tokens: 12 })
      })

      it('calls a function and answers with its output', async () => {
        const weather = tool(async ({ city }) => `rain in ${city}`, {
          ...{ name: 'weather', description: 'Tells the weather.' },
          schema: z.object({ city: z.string() }),
        })
        const model = modelOf(isResponses).bindTools([weather])
        const question = new HumanMessage('Weather?')
        fox.models.play(call, answerOf('Rain.'))
        const asked = await model.invoke([question])
        const outputs = await Promise.all((asked.tool_calls ?? []).map((one) => weather.invoke(one)))
        assert.equal((await model.invoke([question, asked, ...outputs])).text, 'Rain.')
        assert.match(fox.messages(), /"role":"tool"[^}]*"content":"rain in Oslo"/)
      })

      it('answers with an object', async () => {
        fox.models.play(answerOf('{"city":"Oslo"}'))
        const schema = z.object({ city: z.string() })
        const model = modelOf(isResponses).withStructuredOutput(schema, { method: 'jsonSchema' })
        assert.deepEqual(await model.invoke('Where?'), { city: 'Oslo' })
      })

      it('reads a refusal as its status', async () => {
        fox.models.play({ kind: 'status', status: 400, body: { error: { message: 'too odd' } } })
        await assert.rejects(modelOf(isResponses).invoke('hi'), { status: 400 })
      })
    })
  }

  const question = new HumanMessage('Where does the fox sleep?')
  const search = async () => {
    const tools = [{ type: 'file_search', vector_store_ids: [fox.storeId] }]
    const model = modelOf(true).bindTools(tools)
    fox.models.play(answerOf('In its den【1】.'), answerOf('Berries.'))
    return model.invoke([question])
  }

  it('searches files and reads the citations', async () => {
    const { text, content } = await search()
    assert.equal(text, 'In its den.')
    const citation = { type: 'citation', title: 'fox.txt', startIndex: 10, file_id: fox.fileId }
    assert.partialDeepStrictEqual(content, [{ type: 'text', annotations: [citation] }])
  })

  it('sends the items of the turn before, and the model sees their passages', async () => {
    const answer = await search()
    const next = await modelOf(true).invoke([question, answer, new HumanMessage('What does it eat?')])
    assert.equal(next.text, 'Berries.')
    assert.match(fox.messages(), new RegExp(`Where does.*${FOX}.*In its den.*What does`))
  })

  it('continues a response by its id', async () => {
    const { response_metadata: metadata } = await search()
    const model = modelOf(true).withConfig({ previous_response_id: String(metadata.id) })
    assert.equal((await model.invoke('What does it eat?')).text, 'Berries.')
    assert.match(fox.messages(), new RegExp(`Where does.*${FOX}.*In its den.*What does`))
  })

  it('embeds texts', async () => {
    const embeddings = new OpenAIEmbeddings({ ...configured(), model: 'tiny' })
    assert.deepEqual(await embeddings.embedDocuments(['a', 'b']), [
      [0.5, -1, 0],
      [0.5, -1, 1],
    ])
    assert.deepEqual(await embeddings.embedQuery('a'), [0.5, -1, 0])
  })
})
