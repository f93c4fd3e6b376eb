import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai'
import {
  APICallError,
  embedMany,
  generateText,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  type ToolSet,
  tool,
} from 'ai'
import { z } from 'zod'
import { answerOf, callsOf } from '../responses/replies.ts'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

const user = (content: string): ModelMessage => ({ role: 'user', content })

describe('the AI SDK', () => {
  let fox: FoxStore
  let openai: OpenAIProvider
  before(async () => {
    // It would print that it does not send the results of searches back.
    globalThis.AI_SDK_LOG_WARNINGS = false
    fox = await startFoxStore()
    openai = createOpenAI(fox.options)
  })
  after(() => fox?.stop())

  // The types of its two packages disagree about optional members.
  const search = () =>
    ({ file_search: openai.tools.fileSearch({ vectorStoreIds: [fox.storeId] }) }) as unknown as ToolSet

  const MODELS = [
    { name: 'responses', modelOf: () => openai('small') },
    { name: 'chat completions', modelOf: () => openai.chat('small') },
  ]
  for (const { name, modelOf } of MODELS) {
    describe(`over ${name}`, () => {
      it('generates a text', async () => {
        fox.models.play(answerOf('Hel', 'lo'))
        const { text, finishReason } = await generateText({ model: modelOf(), prompt: 'hi' })
        assert.deepEqual([text, finishReason], ['Hello', 'stop'])
      })

      it('streams a text with its usage', async () => {
        const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
        fox.models.play({ kind: 'text', pieces: ['Wöl', 'd 🌍'], usage })
        const result = streamText({ model: modelOf(), prompt: 'hi' })
        const pieces: string[] = []
        for await (const piece of result.textStream) pieces.push(piece)
        assert.deepEqual(pieces, ['Wöl', 'd 🌍'])
        const { inputTokens, outputTokens } = await result.totalUsage
        assert.deepEqual([inputTokens, outputTokens], [7, 5])
      })

      it('generates an object', async () => {
        fox.models.play(answerOf('{"city":"Oslo"}'))
        const schema = z.object({ city: z.string() })
        const { output } = await generateText({
          ...{ model: modelOf(), prompt: 'Where?', output: Output.object({ schema }) },
        })
        assert.deepEqual(output, { city: 'Oslo' })
      })

      it('calls a function and answers with its output', async () => {
        const weather = tool({
          ...{ description: 'Tells the weather.', inputSchema: z.object({ city: z.string() }) },
          execute: async ({ city }) => `rain in ${city}`,
        })
        fox.models.play(callsOf(['weather', { city: 'Oslo' }]), answerOf('Rain.'))
        const options = { tools: { weather }, stopWhen: stepCountIs(2), prompt: 'Weather?' }
        const result = streamText({ model: modelOf(), ...options })
        assert.equal(await result.text, 'Rain.')
        assert.match(fox.messages(), /"role":"tool","tool_call_id":"call_0","content":"rain in Oslo"/)
      })

      it('reads a refusal as its status and message', async () => {
        fox.models.play({ kind: 'status', status: 400, body: { error: { message: 'too odd' } } })
        await assert.rejects(generateText({ model: modelOf(), prompt: 'hi', maxRetries: 0 }), (error) => {
          assert.ok(APICallError.isInstance(error))
          assert.equal(error.statusCode, 400)
          return true
        })
      })
    })
  }

  it('searches files and reads the sources and results', async () => {
    fox.models.play(answerOf('In its den【1】.'))
    const { text, sources, toolResults } = await generateText({
      ...{ model: openai('small'), tools: search(), prompt: 'Where does the fox sleep?' },
      providerOptions: { openai: { include: ['file_search_call.results'] } },
    })
    assert.equal(text, 'In its den.')
    const [source] = sources
    assert.ok(source?.sourceType === 'document')
    assert.equal(source.filename, 'fox.txt')
    assert.equal(source.providerMetadata?.openai?.fileId, fox.fileId)
    assert.partialDeepStrictEqual(toolResults, [
      { toolName: 'file_search', output: { results: [{ fileId: fox.fileId, text: FOX }] } },
    ])
  })

  const TURNS = [
    { name: 'refers to the items of the turns before', options: {}, seesPassages: true },
    { name: 'sends the turns before', options: { store: false }, seesPassages: false },
  ]
  for (const { name, options, seesPassages } of TURNS) {
    it(`${name} in a second and a third turn`, async () => {
      fox.models.play(answerOf('In its den【1】.'), answerOf('Ber', 'ries.'), answerOf('Yes.'))
      const model = openai('small')
      const providerOptions = { openai: options }
      const messages = [user('Where does the fox sleep?')]
      const first = await generateText({ model, messages, tools: search(), providerOptions })
      messages.push(...first.response.messages, user('What does it eat?'))
      const second = streamText({ model, messages, providerOptions })
      assert.equal(await second.text, 'Berries.')
      messages.push(...(await second.response).messages, user('Is it red?'))
      const third = await generateText({ model, messages, providerOptions })
      assert.equal(third.text, 'Yes.')
      const sent = fox.messages()
      const told = ['Where does the fox', 'In its den.', 'What does', 'Berries.', 'Is it red?']
      const places = told.map((one) => sent.indexOf(one))
      assert.ok(
        places.every((place, index) => place > (places[index - 1] ?? 0)),
        sent,
      )
      assert.equal(sent.includes(FOX), seesPassages)
    })
  }

  it('embeds texts', async () => {
    const model = openai.embedding('tiny')
    const { embeddings, usage } = await embedMany({ model, values: ['a', 'b'] })
    assert.deepEqual(embeddings, [
      [0.5, -1, 0],
      [0.5, -1, 1],
    ])
    assert.equal(usage.tokens, 3)
  })
})
