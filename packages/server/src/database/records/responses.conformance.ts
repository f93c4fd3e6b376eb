import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Item } from '../../domain/conversations/item.ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import { createId } from '../../domain/ids.ts'
import { ALL_ITEMS, conversationOf, messageOf } from './conversations.conformance.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const EXPIRES_AT_MS = NOW_MS + 30 * DAY_MS

export function responseOf(organizationId: string, changes: Partial<ModelResponse> = {}): ModelResponse {
  return {
    id: createId('resp'),
    organizationId,
    createdBy: 'ak_1',
    createdAtMs: NOW_MS,
    completedAtMs: NOW_MS + 1,
    status: 'completed',
    model: 'small',
    previousResponseId: null,
    conversationId: null,
    output: [messageOf('answer', 'assistant')],
    error: null,
    incompleteReason: null,
    usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 2, reasoningTokens: 0 },
    truncatedFileIds: [],
    instructions: null,
    isStored: true,
    tools: [{ type: 'function', name: 'f', description: null, parameters: { a: ['ü\0'] }, isStrict: null }],
    toolChoice: { kind: 'auto' },
    isParallelToolCalls: true,
    maxToolCalls: null,
    maxOutputTokens: null,
    temperature: 0.5,
    topP: null,
    topLogprobs: null,
    reasoningEffort: null,
    textFormat: { type: 'text' },
    truncation: 'refuse',
    metadata: { a: 'b' },
    user: null,
    safetyIdentifier: null,
    promptCacheKey: null,
    ...changes,
  }
}

/** Tests an implementation of records/responses.ts. */
export function describeResponseRecords(fixture: DatabaseFixture): void {
  describeResponses(fixture)
  describeTurns(fixture)
  describeReferences(fixture)
  describeConversationResponses(fixture)
}

function describeResponses(fixture: DatabaseFixture): void {
  const records = () => fixture.database.responses

  it('stores a response with its input until it expires or is deleted', async () => {
    const id = await fixture.newOrganization()
    const [response, other] = [responseOf(id), responseOf(id)]
    const input = [messageOf('one'), messageOf('two')]
    assert.equal(await records().add(response, input, EXPIRES_AT_MS), true)
    assert.equal(await records().add(other, [], EXPIRES_AT_MS + 1), true)
    assert.deepEqual(await records().find(id, response.id, NOW_MS), response)
    assert.deepEqual(await records().findInput(id, response.id, NOW_MS), input)
    assert.equal(await records().find(id, response.id, EXPIRES_AT_MS), null)
    assert.equal(await records().findInput(id, response.id, EXPIRES_AT_MS), null)
    assert.equal(await records().delete(id, other.id), true)
    assert.equal(await records().delete(id, other.id), false)
    assert.equal(await records().find(id, other.id, NOW_MS), null)
  })

  it('deletes expired responses in steps, and no others', async () => {
    const id = await fixture.newOrganization()
    const responses = [1, 2, 3].map(() => responseOf(id))
    for (const [index, response] of responses.entries()) await records().add(response, [], 1 + index)
    assert.equal(await records().deleteExpired(2, 1), 1)
    assert.equal(await records().deleteExpired(2, 9), 1)
    assert.equal(await records().deleteExpired(2, 9), 0)
    const found = await Promise.all(responses.map((response) => records().find(id, response.id, 0)))
    assert.deepEqual(
      found.map((response) => response?.id),
      [undefined, undefined, responses[2]?.id],
    )
    await records().deleteExpired(3, 9)
  })

  it('stores nothing of a response that is not to be stored', async () => {
    const id = await fixture.newOrganization()
    const response = responseOf(id, { isStored: false })
    assert.equal(await records().add(response, [], EXPIRES_AT_MS), true)
    assert.equal(await records().find(id, response.id, NOW_MS), null)
  })

  it('hides and protects responses of one organization from another', async () => {
    const [owner, stranger] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const response = responseOf(owner)
    await records().add(response, [], EXPIRES_AT_MS)
    const request = { nowMs: NOW_MS, expiresAtMs: EXPIRES_AT_MS, maxTurns: 9 }
    assert.equal(await records().find(stranger, response.id, NOW_MS), null)
    assert.equal(await records().findInput(stranger, response.id, NOW_MS), null)
    const missing = { kind: 'missing', responseId: response.id }
    assert.deepEqual(await records().findTurns(stranger, response.id, request), missing)
    assert.equal(await records().delete(stranger, response.id), false)
    const continued = responseOf(stranger, { previousResponseId: response.id })
    await records().add(continued, [], EXPIRES_AT_MS)
    assert.deepEqual(await records().findTurns(stranger, continued.id, request), missing)
    assert.deepEqual(await records().find(owner, response.id, NOW_MS), response)
  })
}

function describeTurns(fixture: DatabaseFixture): void {
  const records = () => fixture.database.responses
  const newChain = async (length: number, input: (index: number) => Item[]) => {
    const id = await fixture.newOrganization()
    const ids: string[] = []
    for (let index = 0; index < length; index++) {
      const response = responseOf(id, { previousResponseId: ids.at(-1) ?? null })
      await records().add(response, input(index), EXPIRES_AT_MS)
      ids.push(response.id)
    }
    const turns = async (changes = {}) => {
      const request = { nowMs: NOW_MS, expiresAtMs: EXPIRES_AT_MS, maxTurns: 9, ...changes }
      const found = await records().findTurns(id, ids.at(-1) ?? '', request)
      return found.kind === 'missing' ? found : found.turns.map(({ responseId }) => responseId)
    }
    return { id, ids, turns }
  }

  it('returns what a response continues, oldest first, and extends its life', async () => {
    const { id, ids, turns } = await newChain(3, (index) => [messageOf(String(index))])
    assert.deepEqual(await turns(), ids)
    assert.deepEqual(await turns({ maxTurns: 2 }), ids.slice(1))
    assert.deepEqual(await turns({ nowMs: NOW_MS + DAY_MS, expiresAtMs: EXPIRES_AT_MS + 9 * DAY_MS }), ids)
    for (const responseId of ids) {
      assert.ok(await records().find(id, responseId, EXPIRES_AT_MS + 9 * DAY_MS))
    }
    const request = { nowMs: NOW_MS, expiresAtMs: 0, maxTurns: 1 }
    const found = await records().findTurns(id, ids[0] ?? '', request)
    const [turn] = found.kind === 'found' ? found.turns : []
    assert.deepEqual(turn?.input.map(textOf), ['0'])
    assert.deepEqual(turn?.output.map(textOf), ['answer'])
  })

  it('returns the id of the newest turn that is missing, and no turns', async () => {
    const { id, ids, turns } = await newChain(3, () => [])
    await records().delete(id, ids[0] ?? '')
    assert.deepEqual(await turns(), { kind: 'missing', responseId: ids[0] })
    assert.deepEqual(await turns({ maxTurns: 2 }), ids.slice(1))
    const over = await turns({ nowMs: EXPIRES_AT_MS + 90 * DAY_MS })
    assert.deepEqual(over, { kind: 'missing', responseId: ids[2] })
  })

  it('ends a chain of turns that becomes large', async () => {
    const megabytes = 'x'.repeat(33 * 1024 * 1024)
    const { ids, turns } = await newChain(3, () => [messageOf(megabytes)])
    assert.deepEqual(await turns(), ids.slice(1))
  })
}

function describeReferences(fixture: DatabaseFixture): void {
  const records = () => fixture.database.responses
  const REQUEST = { nowMs: NOW_MS, expiresAtMs: 0 }
  const newResponse = async (organizationId: string, changes: Partial<ModelResponse> = {}) => {
    const response = responseOf(organizationId, changes)
    const input = [messageOf('question'), messageOf('second')]
    await records().add(response, input, EXPIRES_AT_MS)
    const items = [...input, ...response.output]
    const ids = items.map(({ id }) => id)
    const find = async (who = organizationId, request = REQUEST) => {
      const found = await records().findItems(who, [createId('msg'), ...ids], request)
      return [...(found?.values() ?? [])]
    }
    return { response, items, find }
  }

  it('finds the items of the input and the output of stored responses by their ids', async () => {
    const id = await fixture.newOrganization()
    const [first, second] = [await newResponse(id), await newResponse(id)]
    const output = [...first.response.output, ...second.response.output]
    const ids = [...output.map((item) => item.id), first.items[1]?.id ?? '']
    const found = await records().findItems(id, ids, REQUEST)
    assert.deepEqual(found, new Map([...output, ...first.items.slice(1, 2)].map((item) => [item.id, item])))
    assert.deepEqual(await records().findItems(id, [], REQUEST), new Map())
  })

  it('finds an item until the first response that had it is deleted or expires', async () => {
    const id = await fixture.newOrganization()
    const [deleted, expired, unstored] = [
      await newResponse(id),
      await newResponse(id),
      await newResponse(id, { isStored: false }),
    ]
    await records().add(responseOf(id), deleted.items, EXPIRES_AT_MS)
    assert.equal((await deleted.find()).length, 3)
    await records().delete(id, deleted.response.id)
    assert.deepEqual(await deleted.find(), [])
    assert.deepEqual(await expired.find(id, { nowMs: EXPIRES_AT_MS, expiresAtMs: 0 }), [])
    assert.deepEqual(await unstored.find(), [])
  })

  it('forgets the items of responses that it deletes because they expired', async () => {
    const id = await fixture.newOrganization()
    const { response, items } = await newResponse(id)
    await records().deleteExpired(EXPIRES_AT_MS, 999)
    assert.equal(await records().find(id, response.id, 0), null)
    await records().add(responseOf(id, { output: items }), [], 9 * EXPIRES_AT_MS)
    const found = await records().findItems(
      id,
      items.map((item) => item.id),
      REQUEST,
    )
    assert.equal(found?.size, 3)
  })

  it('extends the life of the responses whose items it finds', async () => {
    const id = await fixture.newOrganization()
    const { response, find } = await newResponse(id)
    await find(id, { nowMs: NOW_MS, expiresAtMs: EXPIRES_AT_MS + DAY_MS })
    assert.ok(await records().find(id, response.id, EXPIRES_AT_MS + DAY_MS))
  })

  it('finds no item of another organization', async () => {
    const [owner, stranger] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const { find } = await newResponse(owner)
    assert.deepEqual(await find(stranger), [])
    assert.equal((await find()).length, 3)
  })

  it('reads no lists that are too large together', async () => {
    const id = await fixture.newOrganization()
    const large = () => [messageOf('x'.repeat(33 * 1024 * 1024), 'assistant')]
    const [one, other] = [large(), large()]
    for (const output of [one, other]) await records().add(responseOf(id, { output }), [], EXPIRES_AT_MS)
    const ids = [...one, ...other].map((item) => item.id)
    assert.equal(await records().findItems(id, ids, REQUEST), null)
    assert.equal((await records().findItems(id, ids.slice(1), REQUEST))?.size, 1)
  })
}

function describeConversationResponses(fixture: DatabaseFixture): void {
  const records = () => fixture.database.responses
  const conversations = () => fixture.database.conversations
  const newHeld = async (holder: string) => {
    const id = await fixture.newOrganization()
    const conversation = await conversations().create(id, conversationOf(), [messageOf('0')], NOW_MS)
    const lease = { holder, untilMs: NOW_MS + 9, nowMs: NOW_MS }
    assert.ok(await conversations().acquire(id, conversation.id, lease))
    return { id, conversationId: conversation.id, lease }
  }
  const textsOf = async (id: string, conversationId: string) => {
    const { items } = await conversations().listItems(id, conversationId, { ...ALL_ITEMS, limit: 9 })
    return items.map(({ item, responseId }) => [textOf(item), responseId])
  }

  it('appends a response to the conversation that it holds, and releases it', async () => {
    const responseId = createId('resp')
    const { id, conversationId, lease } = await newHeld(responseId)
    const response = responseOf(id, { id: responseId, conversationId, isStored: false })
    assert.equal(await records().add(response, [messageOf('question')], EXPIRES_AT_MS), true)
    assert.deepEqual(await textsOf(id, conversationId), [
      ['0', null],
      ['question', responseId],
      ['answer', responseId],
    ])
    assert.equal((await conversations().find(id, conversationId))?.messageCount, 3)
    assert.ok(await conversations().acquire(id, conversationId, { ...lease, holder: 'resp_2' }))
  })

  it('changes nothing for a conversation that is gone or that another response holds', async () => {
    const { id, conversationId } = await newHeld('resp_2')
    for (const place of [conversationId, 'conv_x']) {
      const response = responseOf(id, { conversationId: place })
      assert.equal(await records().add(response, [messageOf('question')], EXPIRES_AT_MS), false)
      assert.equal(await records().find(id, response.id, NOW_MS), null)
    }
    assert.deepEqual(await textsOf(id, conversationId), [['0', null]])
  })

  it('deletes the responses of a conversation with it', async () => {
    const responseId = createId('resp')
    const { id, conversationId } = await newHeld(responseId)
    const other = responseOf(id)
    await records().add(responseOf(id, { id: responseId, conversationId }), [], EXPIRES_AT_MS)
    await records().add(other, [], EXPIRES_AT_MS)
    assert.ok(await records().find(id, responseId, NOW_MS))
    const [answer] = (await records().find(id, responseId, NOW_MS))?.output ?? []
    assert.equal(await conversations().delete(id, conversationId), true)
    assert.equal(await records().find(id, responseId, NOW_MS), null)
    const request = { nowMs: NOW_MS, expiresAtMs: 0 }
    assert.equal((await records().findItems(id, [answer?.id ?? ''], request))?.size, 0)
    assert.ok(await records().find(id, other.id, NOW_MS))
  })
}

function textOf(item: Item): string {
  const [part] = item.type === 'message' ? item.content : []
  return part?.type === 'input_text' ? part.text : ''
}
