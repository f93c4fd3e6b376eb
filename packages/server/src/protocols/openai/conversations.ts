import type { JSONSchema } from 'json-schema-to-ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Item } from '../../domain/conversations/item.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { isAbsent } from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { addConversationItems } from '../../operations/conversations/add-conversation-items.ts'
import { createConversation } from '../../operations/conversations/create-conversation.ts'
import { deleteConversation } from '../../operations/conversations/delete-conversation.ts'
import { deleteConversationItem } from '../../operations/conversations/delete-conversation-item.ts'
import { getConversation } from '../../operations/conversations/get-conversation.ts'
import { getConversationItem } from '../../operations/conversations/get-conversation-item.ts'
import { listConversationItems } from '../../operations/conversations/list-conversation-items.ts'
import { updateConversation } from '../../operations/conversations/update-conversation.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { toItemObject } from '../http/item-object.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { toSeconds } from './file-object.ts'
import { type Include, readIncludeQuery } from './include.ts'
import { listOf, listParameters, toListBody } from './list-body.ts'
import { type Query, readListQuery } from './list-query.ts'
import { bodyOf, optional } from './read-body.ts'
import { readNewItems } from './read-items.ts'
import { Metadata, Seconds } from './store-schemas.ts'

const MAX_ITEMS = 20
const PAGES = { max: 100, usual: 20 }
/** Room for files of 50 MB as base64, like the input of a response. */
const MAX_BODY_BYTES = 70 * 1024 * 1024

const ConversationParams = object({
  conversation_id: { type: 'string', description: 'The id of the conversation.' },
})

const ItemParams = object({
  ...ConversationParams.properties,
  item_id: { type: 'string', description: 'The id of the item.' },
})

const ConversationObject = object({
  id: { type: 'string' },
  object: { type: 'string', enum: ['conversation'] },
  created_at: Seconds,
  metadata: Metadata,
})
type ConversationObject = TypeOf<typeof ConversationObject>

const ConversationItemObject = {
  type: 'object',
  required: ['id', 'type'],
  properties: { id: { type: 'string' }, type: { type: 'string' } },
  additionalProperties: true,
  description: 'A message, a call of a function or its output, a file search, or reasoning.',
} as const satisfies JSONSchema

const NewItems = (minItems: number) =>
  ({ type: 'array', items: { type: 'object' }, minItems, maxItems: MAX_ITEMS }) as const

const IncludeParameter = {
  type: 'array',
  items: { type: 'string' },
  description: '`file_search_call.results` adds the results of searches.',
} as const satisfies JSONSchema

function toConversationObject({ id, createdAtMs, metadata }: Conversation): ConversationObject {
  return {
    ...{ id, object: 'conversation', created_at: toSeconds(createdAtMs) },
    metadata: { ...metadata } as ConversationObject['metadata'],
  }
}

function toItemList(items: readonly { readonly item: Item }[], hasMore: boolean, include: Include) {
  return toListBody(
    items.map(({ item }) => toItemObject(item, include)),
    hasMore,
  )
}

const create = endpoint(
  {
    operation: createConversation,
    method: 'POST',
    path: OPENAI_URLS.conversations,
    tag: 'Conversations',
    summary: 'Create a conversation',
    maxBodyBytes: MAX_BODY_BYTES,
    body: object({}, { items: NewItems(0), metadata: Metadata }),
    responses: { 200: { description: 'The conversation.', body: ConversationObject } },
    errors: ['FILE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const body = bodyOf(request)
      const conversation = await createConversation(context, callerOf(request), {
        title: null,
        items: optional(body.items, 'items', (value, path) => readNewItems(value, path, MAX_ITEMS, 0)) ?? [],
        metadata: optional(body.metadata, 'metadata', parseMetadata) ?? {},
      })
      return toConversationObject(conversation)
    },
)

const get = endpoint(
  {
    operation: getConversation,
    method: 'GET',
    path: OPENAI_URLS.conversation,
    tag: 'Conversations',
    summary: 'Get a conversation',
    params: ConversationParams,
    responses: { 200: { description: 'The conversation.', body: ConversationObject } },
    errors: ['THREAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { conversation_id: id } = request.params
      return toConversationObject(await getConversation(context, callerOf(request), id))
    },
)

const update = endpoint(
  {
    operation: updateConversation,
    method: 'POST',
    path: OPENAI_URLS.conversation,
    tag: 'Conversations',
    summary: 'Replace the metadata of a conversation',
    params: ConversationParams,
    body: object({ metadata: Metadata }),
    responses: { 200: { description: 'The conversation.', body: ConversationObject } },
    errors: ['THREAD_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { metadata } = bodyOf(request)
      // Null clears the metadata, as the client's own type allows.
      if (metadata === undefined) throw invalidValue('metadata', 'missing', 'is required')
      const conversation = await updateConversation(context, callerOf(request), {
        conversationId: request.params.conversation_id,
        metadata: isAbsent(metadata) ? {} : parseMetadata(metadata, 'metadata'),
      })
      return toConversationObject(conversation)
    },
)

const remove = endpoint(
  {
    operation: deleteConversation,
    method: 'DELETE',
    path: OPENAI_URLS.conversation,
    tag: 'Conversations',
    summary: 'Delete a conversation with its items',
    params: ConversationParams,
    responses: {
      200: {
        description: 'The conversation is deleted.',
        body: object({
          id: { type: 'string' },
          object: { type: 'string', enum: ['conversation.deleted'] },
          deleted: { type: 'boolean' },
        }),
      },
    },
    errors: ['THREAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { conversation_id: id } = request.params
      await deleteConversation(context, callerOf(request), id)
      return { id, object: 'conversation.deleted' as const, deleted: true }
    },
)

const addItems = endpoint(
  {
    operation: addConversationItems,
    method: 'POST',
    path: OPENAI_URLS.conversationItems,
    tag: 'Conversations',
    summary: 'Append items to a conversation',
    description: 'Answers the new items. The service gives them their ids.',
    maxBodyBytes: MAX_BODY_BYTES,
    params: ConversationParams,
    query: { type: 'object', properties: { 'include[]': IncludeParameter } },
    body: object({ items: NewItems(1) }),
    responses: { 200: { description: 'The new items.', body: listOf(ConversationItemObject) } },
    errors: ['THREAD_NOT_FOUND', 'FILE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const include = readIncludeQuery(request.query as Query)
      const added = await addConversationItems(context, callerOf(request), {
        conversationId: request.params.conversation_id,
        items: readNewItems(bodyOf(request).items, 'items', MAX_ITEMS, 1),
      })
      return toItemList(added, false, include)
    },
)

const listItems = endpoint(
  {
    operation: listConversationItems,
    method: 'GET',
    path: OPENAI_URLS.conversationItems,
    tag: 'Conversations',
    summary: 'List the items of a conversation',
    description: 'A page of large items may have fewer than `limit`; `has_more` is then true.',
    params: ConversationParams,
    query: {
      type: 'object',
      properties: { ...listParameters(PAGES.max, PAGES.usual), 'include[]': IncludeParameter },
    },
    responses: { 200: { description: 'A part of the list.', body: listOf(ConversationItemObject) } },
    errors: ['THREAD_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const query = request.query as Query
      const { limit, order, after, before } = readListQuery(query, PAGES)
      const include = readIncludeQuery(query)
      const page = await listConversationItems(context, callerOf(request), {
        conversationId: request.params.conversation_id,
        ...{ limit, order, after, before, skip: 0, isMessagesOnly: false },
      })
      return toItemList(page.items, page.hasMore, include)
    },
)

const getItem = endpoint(
  {
    operation: getConversationItem,
    method: 'GET',
    path: OPENAI_URLS.conversationItem,
    tag: 'Conversations',
    summary: 'Get an item of a conversation',
    params: ItemParams,
    query: { type: 'object', properties: { 'include[]': IncludeParameter } },
    responses: { 200: { description: 'The item.', body: ConversationItemObject } },
    errors: ['THREAD_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const include = readIncludeQuery(request.query as Query)
      const { item } = await getConversationItem(context, callerOf(request), placeOf(request.params))
      return toItemObject(item, include)
    },
)

const removeItem = endpoint(
  {
    operation: deleteConversationItem,
    method: 'DELETE',
    path: OPENAI_URLS.conversationItem,
    tag: 'Conversations',
    summary: 'Delete an item of a conversation',
    description: 'Answers the conversation.',
    params: ItemParams,
    responses: { 200: { description: 'The conversation.', body: ConversationObject } },
    errors: ['THREAD_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const place = placeOf(request.params)
      return toConversationObject(await deleteConversationItem(context, callerOf(request), place))
    },
)

function placeOf({ conversation_id, item_id }: TypeOf<typeof ItemParams>) {
  return { conversationId: conversation_id, itemId: item_id }
}

export const OPENAI_CONVERSATIONS = [create, get, update, remove, addItems, listItems, getItem, removeItem]
