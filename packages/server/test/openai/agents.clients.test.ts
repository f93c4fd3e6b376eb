import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  Agent,
  type AgentInputItem,
  fileSearchTool,
  OpenAIConversationsSession,
  OpenAIProvider,
  Runner,
  tool,
} from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'
import { answerOf, callsOf } from '../responses/replies.ts'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

/** State that a turn takes over from the turn before. */
interface Turn {
  readonly history: AgentInputItem[]
  readonly lastResponseId: string | undefined
}

/** Ways to continue, and what the model sees of the passages that a search of the first turn found. */
interface Continuation {
  readonly name: string
  readonly hasResults?: boolean
  readonly seesPassages: boolean
  readonly start: (client: OpenAI) => Promise<Continue>
}

/** Returns the input and the options of a turn. */
type Continue = (text: string, last: Turn | null) => readonly [string | AgentInputItem[], object]

const withSession = async (client: OpenAI): Promise<Continue> => {
  const session = new OpenAIConversationsSession({ client: client as never })
  return (text) => [text, { session }]
}

const CONTINUATIONS: readonly Continuation[] = [
  // The session removes the ids of its items, so nothing leads to the results.
  { name: 'a session of conversations', seesPassages: false, start: withSession },
  {
    name: 'a session of conversations with the results of searches',
    ...{ hasResults: true, seesPassages: true, start: withSession },
  },
  {
    name: 'a conversation that the service continues',
    seesPassages: true,
    start: async (client) => {
      const { id: conversationId } = await client.conversations.create({})
      return (text) => [text, { conversationId }]
    },
  },
  {
    name: 'the id of the response before',
    seesPassages: true,
    start: async () => (text, last) => [text, last ? { previousResponseId: last.lastResponseId } : {}],
  },
  {
    name: 'the history that the client keeps',
    seesPassages: true,
    start: async () => (text, last) => [[...(last?.history ?? []), { role: 'user', content: text }], {}],
  },
]

describe('the Agents SDK', () => {
  let fox: FoxStore
  let client: OpenAI
  let runner: Runner

  before(async () => {
    fox = await startFoxStore()
    client = new OpenAI(fox.options)
    const modelProvider = new OpenAIProvider({ ...fox.options, useResponses: true })
    runner = new Runner({ modelProvider, tracingDisabled: true })
  })
  after(() => fox?.stop())

  const agentOf = (hasResults = false) =>
    new Agent({
      ...{ name: 'Zoologist', instructions: 'Be brief.', model: 'small' },
      tools: [fileSearchTool(fox.storeId, { includeSearchResults: hasResults })],
    })

  for (const { name, hasResults, seesPassages, start } of CONTINUATIONS) {
    it(`talks for three turns with ${name}`, async () => {
      const next = await start(client)
      const agent = agentOf(hasResults)
      const withoutTools = agent.clone({ tools: [] })
      fox.models.play(answerOf('In its den【1】.'), answerOf('Berries.'), answerOf('Yes', ', it is.'))
      const first = await runner.run(agent, ...next('Where does the fox sleep?', null))
      assert.equal(first.finalOutput, 'In its den.')
      assert.ok(fox.messages().includes(FOX))
      const second = await runner.run(withoutTools, ...next('What does it eat?', first))
      assert.equal(second.finalOutput, 'Berries.')
      const [input, options] = next('Is it red?', second)
      const third = await runner.run(withoutTools, input, { ...options, stream: true })
      let text = ''
      for await (const piece of third.toTextStream()) text += piece
      await third.completed
      assert.equal(text, 'Yes, it is.')
      const sent = fox.messages()
      const told = ['Where does the fox', 'In its den.', 'What does', 'Berries.', 'Is it red?']
      const places = told.map((one) => sent.indexOf(one))
      assert.ok(
        places.every((place, index) => place > (places[index - 1] ?? 0)),
        sent,
      )
      assert.equal(sent.includes(FOX), seesPassages)
      assert.ok(!sent.includes('Nothing was found'))
    })
  }

  it('reads citations and results of searches', async () => {
    fox.models.play(answerOf('In its den【1】.'))
    const { newItems } = await runner.run(agentOf(true), 'Where does the fox sleep?')
    const [search, message] = newItems.map(({ rawItem }) => rawItem)
    assert.ok(search?.type === 'hosted_tool_call' && message?.type === 'message')
    const [result] = search.providerData?.results ?? []
    assert.deepEqual([result.file_id, result.text], [fox.fileId, FOX])
    const [part] = message.content
    assert.ok(typeof part === 'object' && part.type === 'output_text')
    assert.equal(part.providerData?.annotations[0].file_id, fox.fileId)
  })

  it('calls a function and answers with its output', async () => {
    const cities: string[] = []
    const weather = tool({
      ...{ name: 'weather', description: 'Tells the weather.', parameters: z.object({ city: z.string() }) },
      execute: async ({ city }) => {
        cities.push(city)
        return 'rain'
      },
    })
    const agent = new Agent({ name: 'Forecaster', model: 'small', tools: [weather] })
    fox.models.play(callsOf(['weather', { city: 'Oslo' }]), answerOf('Rain.'))
    assert.equal((await runner.run(agent, 'Weather?')).finalOutput, 'Rain.')
    assert.deepEqual(cities, ['Oslo'])
    assert.match(fox.messages(), /"role":"tool","tool_call_id":"call_0","content":"rain"/)
  })
})
