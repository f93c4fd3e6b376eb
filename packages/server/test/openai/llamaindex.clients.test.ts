import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BaseTool, ChatMessage, ToolCallLLMMessageOptions } from '@llamaindex/core/llms'
import { OpenAIEmbedding, openai, openaiResponses } from '@llamaindex/openai'
import { answerOf, callsOf } from '../responses/replies.ts'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

type Message = ChatMessage<ToolCallLLMMessageOptions>

/** Parts of its two models that the tests use. */
interface Model {
  chat(request: { messages: Message[]; tools?: BaseTool[] }): Promise<{ readonly message: Message }>
  chat(request: { messages: Message[]; tools?: BaseTool[]; stream: true }): Promise<AsyncIterable<Chunk>>
  complete(request: { prompt: string }): Promise<{ readonly text: string }>
}

interface Chunk {
  readonly delta: string
  readonly raw: unknown
  readonly options?: ToolCallLLMMessageOptions
}

const WEATHER: BaseTool = {
  metadata: {
    ...{ name: 'weather', description: 'Tells the weather.' },
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

const user = (content: string): Message => ({ role: 'user', content })

/** Its stream of responses repeats the newest text with every event that has none. */
function hasText({ raw, delta }: Chunk): boolean {
  const { type = null } = raw as { readonly type?: string }
  return delta !== '' && (type === null || type === 'response.output_text.delta')
}

describe('LlamaIndex', () => {
  let fox: FoxStore
  before(async () => {
    fox = await startFoxStore()
  })
  after(() => fox?.stop())

  const settings = () => ({ model: 'small', maxRetries: 0, ...fox.options })
  const responsesOf = (options: object) => openaiResponses({ ...settings(), ...options }) as unknown as Model

  const APIS = [
    { name: 'chat completions', modelOf: () => openai(settings()) as unknown as Model },
    { name: 'responses', modelOf: () => responsesOf({}) },
  ]
  for (const { name, modelOf } of APIS) {
    describe(`over ${name}`, () => {
      it('answers a chat and a prompt', async () => {
        fox.models.play(answerOf('Hel', 'lo'), answerOf('Yes.'))
        const { message } = await modelOf().chat({ messages: [user('hi')] })
        assert.equal(message.content, 'Hello')
        assert.equal((await modelOf().complete({ prompt: 'ok?' })).text, 'Yes.')
      })

      it('streams an answer', async () => {
        fox.models.play(answerOf('Wöl', 'd 🌍'))
        const chunks = await modelOf().chat({ messages: [user('hi')], stream: true })
        const pieces: string[] = []
        for await (const chunk of chunks) if (hasText(chunk)) pieces.push(chunk.delta)
        assert.deepEqual(pieces, ['Wöl', 'd 🌍'])
      })

      it('calls a function and answers with its output', async () => {
        fox.models.play(callsOf(['weather', { city: 'Oslo' }]), answerOf('Rain.'))
        const messages = [user('Weather?')]
        const chunks = await modelOf().chat({ messages, tools: [WEATHER], stream: true })
        let options: ToolCallLLMMessageOptions = {}
        for await (const chunk of chunks)
          if (chunk.options && 'toolCall' in chunk.options) options = chunk.options
        const [call] = 'toolCall' in options ? options.toolCall : []
        assert.deepEqual([call?.name, call?.id], ['weather', 'call_0'])
        const result = { id: 'call_0', result: 'rain', isError: false }
        messages.push({ role: 'assistant', content: '', options })
        messages.push({ role: 'user', content: 'rain', options: { toolResult: result } })
        assert.equal((await modelOf().chat({ messages, tools: [WEATHER] })).message.content, 'Rain.')
        assert.match(fox.messages(), /"role":"tool"[^}]*"content":"rain"/)
      })

      it('reads a refusal as its status', async () => {
        fox.models.play({ kind: 'status', status: 400, body: { error: { message: 'too odd' } } })
        await assert.rejects(modelOf().chat({ messages: [user('hi')] }), { status: 400 })
      })
    })
  }

  const searching = () => ({ builtInTools: [{ type: 'file_search', vector_store_ids: [fox.storeId] }] })

  it('searches files and reads the citations', async () => {
    fox.models.play(answerOf('In its den【1】.'))
    const { message } = await responsesOf(searching()).chat({ messages: [user('Where is the fox?')] })
    assert.equal(message.content, 'In its den.')
    const annotations = [{ type: 'file_citation', index: 10, file_id: fox.fileId, filename: 'fox.txt' }]
    assert.partialDeepStrictEqual(message.options, { annotations })
  })

  it('continues the response before', async () => {
    const model = responsesOf({ ...searching(), trackPreviousResponses: true, store: true })
    fox.models.play(answerOf('In its den【1】.'), answerOf('Berries.'))
    for (const text of ['Where is the fox?', 'What does it eat?']) {
      for await (const _ of await model.chat({ messages: [user(text)], stream: true }));
    }
    assert.match(fox.messages(), new RegExp(`Where is.*${FOX}.*In its den.*What does`))
  })

  it('embeds texts', async () => {
    const model = new OpenAIEmbedding({ ...settings(), model: 'tiny' })
    assert.deepEqual(await model.getTextEmbedding('a'), [0.5, -1, 0])
    assert.deepEqual(await model.getTextEmbeddings(['a', 'b']), [
      [0.5, -1, 0],
      [0.5, -1, 1],
    ])
  })
})
