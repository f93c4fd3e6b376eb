import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FunctionCall, Message } from '../../domain/conversations/item.ts'
import { createId } from '../../domain/ids.ts'
import type { ItemListRequest, NewConversation } from './conversations.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'

const LEASE_MS = 1000
export const ALL_ITEMS: ItemListRequest = {
  ...{ order: 'asc', limit: 50, skip: 0, after: null, before: null, isMessagesOnly: false },
}

export function messageOf(text: string, role: Message['role'] = 'user'): Message {
  const content = [{ type: 'input_text', text } as const]
  return { type: 'message', id: createId('msg'), role, status: 'completed', content }
}

export function conversationOf(changes: Partial<NewConversation> = {}): NewConversation {
  return { id: createId('conv'), title: null, metadata: {}, createdBy: 'ak_1', ...changes }
}

function callOf(name: string): FunctionCall {
  const id = createId('fc')
  return { type: 'function_call', id, callId: 'call_1', name, arguments: '{}', status: 'completed' }
}

/** Tests an implementation of records/conversations.ts. */
export function describeConversationRecords(fixture: DatabaseFixture): void {
  describeConversations(fixture)
  describeItems(fixture)
  describeLeases(fixture)
}

function describeConversations(fixture: DatabaseFixture): void {
  const records = () => fixture.database.conversations

  it('stores a conversation with its items, changes it and deletes it', async () => {
    const id = await fixture.newOrganization()
    const created = conversationOf({ title: 'Räume', metadata: { topic: 'a "b"\0' } })
    const items = [messageOf('one'), callOf('f')]
    const conversation = await records().create(id, created, items, NOW_MS)
    const expected = {
      ...created,
      ...{ organizationId: id, messageCount: 1, createdAtMs: NOW_MS, updatedAtMs: NOW_MS },
    }
    assert.deepEqual(conversation, expected)
    assert.deepEqual(await records().find(id, created.id), expected)
    const renamed = await records().update(id, created.id, { title: null }, NOW_MS + 1)
    assert.deepEqual(renamed, { ...expected, title: null, updatedAtMs: NOW_MS + 1 })
    const labelled = await records().update(id, created.id, { metadata: { a: 'b' } }, NOW_MS + 2)
    assert.deepEqual(labelled?.metadata, { a: 'b' })
    assert.equal(await records().delete(id, created.id), true)
    assert.equal(await records().delete(id, created.id), false)
    assert.equal(await records().find(id, created.id), null)
    assert.equal(await records().findItemPosition(id, created.id, items[0]?.id ?? ''), null)
  })

  it('lists the conversations of one key or of all keys, newest first', async () => {
    const id = await fixture.newOrganization()
    const ids: string[] = []
    for (const [index, createdBy] of ['ak_1', 'ak_2', 'ak_1'].entries()) {
      const created = conversationOf({ createdBy })
      await records().create(id, created, [], NOW_MS + index)
      ids.unshift(created.id)
    }
    const list = async (createdBy: string | null, skip: number, limit: number) => {
      const { items, ...rest } = await records().list(id, { createdBy, skip, limit })
      return { ids: items.map((conversation) => conversation.id), ...rest }
    }
    assert.deepEqual(await list(null, 0, 2), { ids: ids.slice(0, 2), total: 3, hasMore: true })
    assert.deepEqual(await list(null, 2, 2), { ids: ids.slice(2), total: 3, hasMore: false })
    assert.deepEqual(await list('ak_1', 0, 9), { ids: [ids[0], ids[2]], total: 2, hasMore: false })
    assert.deepEqual(await list('ak_3', 0, 9), { ids: [], total: 0, hasMore: false })
  })

  it('hides and protects conversations of one organization from another', async () => {
    const [owner, stranger] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const item = messageOf('secret')
    const { id } = await records().create(owner, conversationOf(), [item], NOW_MS)
    const lease = { holder: 'resp_1', untilMs: NOW_MS + LEASE_MS, nowMs: NOW_MS }
    assert.equal(await records().find(stranger, id), null)
    assert.equal((await records().list(stranger, { createdBy: null, skip: 0, limit: 9 })).total, 0)
    assert.equal(await records().update(stranger, id, { title: 'x' }, NOW_MS), null)
    assert.equal(await records().delete(stranger, id), false)
    assert.equal(await records().addItems(stranger, id, [messageOf('x')], NOW_MS), null)
    assert.equal(await records().findItem(stranger, id, item.id), null)
    assert.equal(await records().findItemPosition(stranger, id, item.id), null)
    assert.equal((await records().findItems(stranger, [item.id]))?.size, 0)
    assert.equal(await records().deleteItem(stranger, id, item.id, NOW_MS), false)
    assert.deepEqual(await records().listItems(stranger, id, ALL_ITEMS), {
      ...{ items: [], total: 0, hasMore: false },
    })
    assert.equal(await records().acquire(stranger, id, lease), false)
    assert.equal(await records().acquire(owner, id, lease), true)
    assert.equal(await records().renew(stranger, id, 'resp_1', NOW_MS), false)
    await records().release(stranger, id, 'resp_1')
    assert.equal(await records().acquire(owner, id, { ...lease, holder: 'resp_2' }), false)
    assert.deepEqual((await records().findItem(owner, id, item.id))?.item, item)
  })
}

function describeItems(fixture: DatabaseFixture): void {
  const records = () => fixture.database.conversations
  const newConversation = async () => {
    const id = await fixture.newOrganization()
    const items = [messageOf('0'), callOf('1'), messageOf('2', 'assistant'), messageOf('3', 'system')]
    const conversation = await records().create(id, conversationOf(), items, NOW_MS)
    return { id, items, conversationId: conversation.id }
  }
  const list = async (id: string, conversationId: string, changes: Partial<ItemListRequest>) => {
    const page = await records().listItems(id, conversationId, { ...ALL_ITEMS, ...changes })
    return { ...page, items: page.items.map(({ position }) => position) }
  }

  it('lists items in both orders, by place and by number, all or messages', async () => {
    const { id, conversationId } = await newConversation()
    for (const [request, items, total, hasMore] of [
      [{}, [0, 1, 2, 3], 4, false],
      [{ limit: 2 }, [0, 1], 4, true],
      [{ limit: 2, after: 1 }, [2, 3], 4, false],
      [{ order: 'desc', limit: 3 }, [3, 2, 1], 4, true],
      [{ order: 'desc', after: 2 }, [1, 0], 4, false],
      [{ before: 2 }, [0, 1], 4, false],
      [{ before: 3, limit: 2 }, [1, 2], 4, true],
      [{ order: 'desc', before: 0, limit: 2 }, [2, 1], 4, true],
      [{ after: 0, before: 3 }, [1, 2], 4, false],
      [{ after: 0, before: 3, limit: 1 }, [1], 4, true],
      [{ order: 'desc', after: 3, before: 0 }, [2, 1], 4, false],
      [{ after: 2, before: 1 }, [], 4, false],
      [{ isMessagesOnly: true, before: 3, limit: 1 }, [2], 3, true],
      [{ isMessagesOnly: true, limit: 2 }, [0, 2], 3, true],
      [{ isMessagesOnly: true, skip: 2 }, [3], 3, false],
      [{ skip: 9 }, [], 4, false],
    ] as const) {
      assert.deepEqual(await list(id, conversationId, request), { items, total, hasMore })
    }
  })

  it('appends items behind all earlier ones, from several callers too', async () => {
    const { id, items, conversationId } = await newConversation()
    const added = await Promise.all(
      ['a', 'b', 'c'].map((text) =>
        records().addItems(id, conversationId, [messageOf(text), callOf(text)], NOW_MS + 5),
      ),
    )
    const positions = added.flatMap((some) => some?.map(({ position }) => position) ?? [])
    assert.deepEqual(positions.toSorted(), [4, 5, 6, 7, 8, 9])
    const page = await records().listItems(id, conversationId, ALL_ITEMS)
    assert.deepEqual(
      page.items.slice(0, 4).map(({ item }) => item),
      items,
    )
    const conversation = await records().find(id, conversationId)
    assert.deepEqual([conversation?.messageCount, conversation?.updatedAtMs], [6, NOW_MS + 5])
  })

  it('keeps the place of a deleted item, and nothing else of it', async () => {
    const { id, items, conversationId } = await newConversation()
    const [, call, message] = items.map((item) => item.id)
    assert.ok(call && message)
    assert.equal(await records().deleteItem(id, conversationId, message, NOW_MS + 1), true)
    assert.equal(await records().deleteItem(id, conversationId, message, NOW_MS + 1), false)
    assert.equal(await records().deleteItem(id, conversationId, call, NOW_MS + 1), true)
    assert.equal(await records().findItem(id, conversationId, message), null)
    assert.equal(await records().findItemPosition(id, conversationId, message), 2)
    assert.equal(await records().findItemPosition(id, conversationId, 'msg_x'), null)
    assert.deepEqual(await list(id, conversationId, {}), { items: [0, 3], total: 2, hasMore: false })
    assert.equal((await records().find(id, conversationId))?.messageCount, 2)
    const [next] = (await records().addItems(id, conversationId, [messageOf('4')], NOW_MS)) ?? []
    assert.equal(next?.position, 4)
  })

  it('finds items of all conversations by their ids, and no deleted ones', async () => {
    const { id, conversationId, items } = await newConversation()
    const other = messageOf('other')
    await records().create(id, conversationOf(), [other], NOW_MS)
    const [first, second] = items.map((item) => item.id)
    await records().deleteItem(id, conversationId, second ?? '', NOW_MS)
    const found = await records().findItems(id, ['msg_x', first ?? '', second ?? '', other.id])
    assert.deepEqual(
      found,
      new Map([
        [first, items[0]],
        [other.id, other],
      ]),
    )
    assert.deepEqual(await records().findItems(id, []), new Map())
  })

  it('finds no items that are too large together', async () => {
    const { id, conversationId } = await newConversation()
    const items = ['1', '2'].map((text) => messageOf(text.repeat(33 * 1024 * 1024)))
    await records().addItems(id, conversationId, items, NOW_MS)
    const ids = items.map((item) => item.id)
    assert.equal(await records().findItems(id, ids), null)
    assert.equal((await records().findItems(id, ids.slice(1)))?.size, 1)
  })

  it('stores large items and odd characters, and ends a page that becomes large', async () => {
    const { id, conversationId } = await newConversation()
    const large = messageOf('ü\0\ud83d "\\'.repeat(1024 * 1024))
    await records().addItems(id, conversationId, [large, large, messageOf('end')].map(withNewId), NOW_MS)
    const page = await records().listItems(id, conversationId, { ...ALL_ITEMS, after: 3 })
    assert.deepEqual([page.items.length, page.hasMore, page.total], [1, true, 7])
    assert.deepEqual(page.items[0]?.item.type === 'message' && page.items[0].item.content, large.content)
    const before = await list(id, conversationId, {})
    assert.deepEqual([before.items, before.hasMore], [[0, 1, 2, 3, 4], true])
    assert.deepEqual((await list(id, conversationId, { after: 5 })).items, [6])
  })
}

function withNewId(message: Message): Message {
  return { ...message, id: createId('msg') }
}

function describeLeases(fixture: DatabaseFixture): void {
  const records = () => fixture.database.conversations

  it('lets one response at a time work on a conversation', async () => {
    const id = await fixture.newOrganization()
    const conversation = await records().create(id, conversationOf(), [], NOW_MS)
    const acquire = (holder: string, nowMs: number) =>
      records().acquire(id, conversation.id, { holder, untilMs: nowMs + LEASE_MS, nowMs })
    const acquired = await Promise.all(['resp_1', 'resp_2', 'resp_3'].map((one) => acquire(one, NOW_MS)))
    assert.equal(acquired.filter(Boolean).length, 1)
    const holder = `resp_${acquired.indexOf(true) + 1}`
    await records().release(id, conversation.id, 'resp_9')
    assert.equal(await acquire('resp_9', NOW_MS + LEASE_MS - 1), false)
    assert.equal(await records().renew(id, conversation.id, holder, NOW_MS + 2 * LEASE_MS), true)
    assert.equal(await acquire('resp_9', NOW_MS + LEASE_MS), false)
    assert.equal(await acquire('resp_9', NOW_MS + 2 * LEASE_MS), true)
    assert.equal(await records().renew(id, conversation.id, holder, NOW_MS + 9 * LEASE_MS), false)
    await records().release(id, conversation.id, 'resp_9')
    assert.equal(await acquire('resp_4', NOW_MS), true)
    assert.equal(await records().acquire(id, 'conv_x', { holder: 'a', untilMs: 9, nowMs: 1 }), false)
  })
}
