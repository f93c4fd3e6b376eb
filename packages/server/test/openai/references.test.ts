import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createId } from '../../src/domain/ids.ts'
import type { ScriptedModelServer } from '../models/scripted-model-server.ts'
import { answerOf } from '../responses/replies.ts'
import type { TestApp } from '../start-app.ts'
import { assertError, send, sendOk } from './exchange.ts'
import { FOX, type FoxStore, startFoxStore } from './fox-store.ts'

interface ResponseObject {
  readonly id: string
  readonly output: readonly Item[]
}

interface Item extends Readonly<Record<string, unknown>> {
  readonly id: string
}

interface List<T> {
  readonly data: readonly T[]
}

const user = (text: string) => ({ role: 'user', content: text })
const reference = (id: string | undefined) => ({ type: 'item_reference', id })

describe('items of earlier responses', () => {
  let fox: FoxStore
  let server: TestApp
  let models: ScriptedModelServer

  before(async () => {
    fox = await startFoxStore()
    server = fox.server
    models = fox.models
  })
  after(() => fox?.stop())

  const create = (body: object) => sendOk<ResponseObject>(server, 'POST', '/responses', { body })
  /** Sends the request; returns the messages that the model gets. */
  const messagesFor = async (body: object): Promise<readonly unknown[]> => {
    await create(body)
    return (models.requests.at(-1)?.body.messages ?? []) as readonly unknown[]
  }
  const inputOf = async ({ id }: ResponseObject) =>
    (await sendOk<List<Item>>(server, 'GET', `/responses/${id}/input_items?order=asc`)).data

  it('stand where a request refers to them, once each', async () => {
    models.play(answerOf('Sunny.'), answerOf('Cold.'))
    const first = await create({ input: 'weather?' })
    const second = await create({ input: [reference(first.output[0]?.id), user('and tomorrow?')] })
    const [question] = await inputOf(first)
    const ids = [question?.id, first.output[0]?.id, second.output[0]?.id]
    models.play(answerOf('Wind.'))
    const input = [...ids, ids[0]].map(reference)
    const third = await create({ input: [...input, user('and then?')] })
    assert.deepEqual(models.requests.at(-1)?.body.messages, [
      { role: 'user', content: 'weather?' },
      { role: 'assistant', content: 'Sunny.' },
      { role: 'assistant', content: 'Cold.' },
      { role: 'user', content: 'and then?' },
    ])
    assert.deepEqual((await inputOf(third)).map(({ id }) => id).slice(0, 3), ids)
  })

  it('add nothing where the response before has them', async () => {
    models.play(answerOf('Sunny.'))
    const first = await create({ input: 'weather?' })
    const input = [reference(first.output[0]?.id), user('why?')]
    assert.deepEqual(await messagesFor({ input, previous_response_id: first.id }), [
      { role: 'user', content: 'weather?' },
      { role: 'assistant', content: 'Sunny.' },
      { role: 'user', content: 'why?' },
    ])
  })

  it('can be of a conversation', async () => {
    const body = { items: [user('weather?'), user('deleted')] }
    const { id } = await sendOk<Item>(server, 'POST', '/conversations', { body })
    const path = `/conversations/${id}/items`
    const [deleted, question] = (await sendOk<List<Item>>(server, 'GET', path)).data
    await sendOk(server, 'DELETE', `${path}/${deleted?.id}`)
    assert.deepEqual(await messagesFor({ input: [reference(question?.id)] }), [
      { role: 'user', content: 'weather?' },
    ])
    const toDeleted = { input: [reference(deleted?.id)] }
    assertError(await send(server, 'POST', '/responses', { body: toDeleted }), 404, { param: 'input[0].id' })
  })

  it('become items of the conversation of the request, until they are deleted there', async () => {
    models.play(answerOf('Sunny.'))
    const [message] = (await create({ input: 'weather?' })).output
    const { id: conversation } = await sendOk<Item>(server, 'POST', '/conversations', { body: {} })
    const body = { conversation, input: [reference(message?.id), user('why?')] }
    await create(body)
    const path = `/conversations/${conversation}/items`
    const listed = await sendOk<List<Item>>(server, 'GET', `${path}?order=asc`)
    assert.deepEqual([listed.data.length, listed.data[0]?.id], [3, message?.id])
    await create(body)
    assert.equal((await sendOk<List<Item>>(server, 'GET', path)).data.length, 5)
    await sendOk(server, 'DELETE', `${path}/${message?.id}`)
    assertError(await send(server, 'POST', '/responses', { body }), 404, { param: 'input[0].id' })
  })

  it('get the same 404 when they are unknown, deleted, not stored or of another organization', async () => {
    const [deleted, unstored, foreign] = [
      await create({ input: 'hi' }),
      await create({ input: 'hi', store: false }),
      await create({ input: 'hi' }),
    ]
    await sendOk(server, 'DELETE', `/responses/${deleted.id}`)
    const { apiKey } = await server.addOrganization('org_stranger')
    for (const [id, key] of [
      [createId('msg'), server.apiKey],
      [deleted.output[0]?.id, server.apiKey],
      [unstored.output[0]?.id, server.apiKey],
      [foreign.output[0]?.id, apiKey],
      [foreign.id, server.apiKey],
    ] as const) {
      const body = { input: [reference(id), user('hi')] }
      const message = `Item with id '${id}' not found.`
      const answer = await send(server, 'POST', '/responses', { body, apiKey: key })
      assertError(answer, 404, { message, param: 'input[0].id', code: null })
    }
  })

  describe('that are searches', () => {
    let search: Item
    before(async () => {
      models.play(answerOf('In its den【1】.'))
      const tools = [{ type: 'file_search', vector_store_ids: [fox.storeId] }]
      const [item] = (await create({ input: 'Where does the fox sleep?', tools })).output
      assert.equal(item?.type, 'file_search_call')
      assert.equal(item.results, null)
      search = item
    })

    const CASES = [
      { name: 'no results, and a known id, with the stored results', changes: {}, expected: 'results' },
      {
        name: 'an empty list, as a search that found nothing',
        changes: { results: [] },
        expected: 'nothing',
      },
      { name: 'neither results nor a known id, not at all', changes: { id: 'fs_1' }, expected: 'no search' },
      { name: 'an unknown id of ours, not at all', changes: { id: createId('fs') }, expected: 'no search' },
    ]
    const seenIn = (messages: readonly unknown[]) => {
      const text = JSON.stringify(messages)
      if (text.includes(FOX)) return 'results'
      return text.includes('search_results') ? 'nothing' : 'no search'
    }
    for (const { name, changes, expected } of CASES) {
      const input = () => [user('Where?'), { ...search, ...changes }, user('Who?')]
      it(`are shown to the model when they come back with ${name}`, async () => {
        assert.equal(seenIn(await messagesFor({ input: input() })), expected)
      })

      it(`are shown to the model out of a conversation when they came with ${name}`, async () => {
        const body = { items: input() }
        const { id } = await sendOk<Item>(server, 'POST', '/conversations', { body: {} })
        await sendOk(server, 'POST', `/conversations/${id}/items`, { body })
        const created = await sendOk<Item>(server, 'POST', '/conversations', { body })
        for (const conversation of [id, created.id]) {
          assert.equal(seenIn(await messagesFor({ input: 'And?', conversation })), expected)
        }
      })
    }

    it('show no results of another organization', async () => {
      const { apiKey } = await server.addOrganization('org_other')
      const body = { input: [search, user('Who?')] }
      await sendOk(server, 'POST', '/responses', { body, apiKey })
      assert.equal(seenIn(models.requests.at(-1)?.body.messages as unknown[]), 'no search')
    })
  })
})
