import type { Caller } from '../../domain/access/caller.ts'
import type { Item } from '../../domain/conversations/item.ts'
import type { Context } from '../../operations/context.ts'
import { addConversationItems } from '../../operations/conversations/add-conversation-items.ts'
import { deleteConversationItem } from '../../operations/conversations/delete-conversation-item.ts'
import { findAttachedFiles } from '../../operations/conversations/find-attached-files.ts'
import { messageNotFound } from '../../operations/conversations/find-conversation.ts'
import { getConversationItem, type ItemPlace } from '../../operations/conversations/get-conversation-item.ts'
import { listConversationItems } from '../../operations/conversations/list-conversation-items.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { inMessages, MessageBody, NewMessage, toMessageBody, toNewMessage } from './message-body.ts'
import { conversationIdOf } from './thread-id.ts'
import { OrganizationQuery, SkipFields, SkipQuery, ThreadParams } from './threads.ts'
import { wrap, wrapped } from './vector-store-shapes.ts'

const MAX_BODY_BYTES = 4 * 1024 * 1024

const MessageParams = object({
  ...ThreadParams.properties,
  message_id: { type: 'string', description: 'The `id` of the message.' },
})

interface StoredItem {
  readonly item: Item
  readonly responseId: string | null
  readonly createdAtMs: number
}

/** Returns the messages among the items, with the names of their Files. */
async function toBodies(
  context: Context,
  caller: Caller,
  conversationId: string,
  items: readonly StoredItem[],
): Promise<MessageBody[]> {
  const files = await findAttachedFiles(
    context,
    caller,
    items.map(({ item }) => item),
  )
  return items.flatMap(({ item, ...stored }) =>
    item.type === 'message' ? toMessageBody(conversationId, { message: item, ...stored }, files) : [],
  )
}

/** Returns the message. Throws MESSAGE_NOT_FOUND, also for an item that is no message. */
async function findMessage(context: Context, caller: Caller, place: ItemPlace): Promise<MessageBody> {
  const found = await getConversationItem(context, caller, place)
  const [body] = await toBodies(context, caller, place.conversationId, [found])
  if (body === undefined) throw messageNotFound()
  return body
}

const add = endpoint(
  {
    operation: addConversationItems,
    method: 'POST',
    path: URLS.threadMessages,
    tag: 'Threads',
    summary: 'Add a message to a thread',
    maxBodyBytes: MAX_BODY_BYTES,
    params: ThreadParams,
    query: OrganizationQuery,
    body: NewMessage,
    responses: { 201: { description: 'The message.', body: wrapped(MessageBody) } },
    errors: ['THREAD_NOT_FOUND', 'FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const caller = callerOf(request)
      const conversationId = conversationIdOf(request.params.thread_id)
      const items = [toNewMessage(request.body, '')]
      const input = { conversationId, items }
      const added = await addConversationItems(context, caller, input).catch((error: unknown) => {
        throw inMessages(error, items, () => '')
      })
      const [body] = await toBodies(context, caller, conversationId, added)
      if (body === undefined) throw messageNotFound()
      return reply.code(201).send(wrap('The message is added.', body))
    },
)

const list = endpoint(
  {
    operation: listConversationItems,
    method: 'GET',
    path: URLS.threadMessages,
    tag: 'Threads',
    summary: 'List the messages of a thread',
    description:
      'Oldest first unless `order` is `desc`. A page of large messages may have fewer than `take`, with `has_more`: skip ' +
      'as many messages as you have.',
    params: ThreadParams,
    query: object(
      {
        ...SkipQuery,
        order: {
          type: 'string',
          enum: ['asc', 'desc'],
          default: 'asc',
          description: 'The order by creation.',
        },
      },
      OrganizationQuery.properties,
    ),
    responses: {
      200: {
        description: 'A page of messages.',
        body: wrapped(object({ messages: { type: 'array', items: MessageBody }, ...SkipFields })),
      },
    },
    errors: ['THREAD_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const caller = callerOf(request)
      const { skip, take, order } = request.query
      const conversationId = conversationIdOf(request.params.thread_id)
      const page = await listConversationItems(context, caller, {
        ...{ conversationId, order, limit: take, skip, after: null, before: null, isMessagesOnly: true },
      })
      const messages = await toBodies(context, caller, conversationId, page.items)
      const { total, hasMore } = page
      return wrap('These are the messages.', { messages, total, skip, take, has_more: hasMore })
    },
)

const get = endpoint(
  {
    operation: getConversationItem,
    method: 'GET',
    path: URLS.threadMessage,
    tag: 'Threads',
    summary: 'Get a message of a thread',
    params: MessageParams,
    query: OrganizationQuery,
    responses: { 200: { description: 'The message.', body: wrapped(MessageBody) } },
    errors: ['THREAD_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      wrap('This is the message.', await findMessage(context, callerOf(request), placeOf(request.params))),
)

const remove = endpoint(
  {
    operation: deleteConversationItem,
    method: 'DELETE',
    path: URLS.threadMessage,
    tag: 'Threads',
    summary: 'Delete a message of a thread',
    params: MessageParams,
    query: OrganizationQuery,
    responses: { 204: { description: 'The message is deleted.' } },
    errors: ['THREAD_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const place = placeOf(request.params)
      await findMessage(context, callerOf(request), place)
      await deleteConversationItem(context, callerOf(request), place)
      return reply.code(204).send()
    },
)

function placeOf({ thread_id, message_id }: TypeOf<typeof MessageParams>): ItemPlace {
  return { conversationId: conversationIdOf(thread_id), itemId: message_id }
}

export const THREAD_MESSAGES = [add, list, get, remove]
