import type { JSONSchema } from 'json-schema-to-ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import { readText } from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { createConversation } from '../../operations/conversations/create-conversation.ts'
import { deleteConversation } from '../../operations/conversations/delete-conversation.ts'
import { getConversation } from '../../operations/conversations/get-conversation.ts'
import { listConversations } from '../../operations/conversations/list-conversations.ts'
import { updateConversation } from '../../operations/conversations/update-conversation.ts'
import { MAX_PAGED_ENTRIES } from '../../operations/page-request.ts'
import { callerNamed, callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { inMessages, NewMessage, toNewMessage } from './message-body.ts'
import { conversationIdOf, threadId } from './thread-id.ts'
import { Metadata } from './vector-store-body.ts'
import { Id, toTime, wrap, wrapped } from './vector-store-shapes.ts'

const MAX_TITLE_LENGTH = 255
const MAX_MESSAGES = 20
const MAX_BODY_BYTES = 4 * 1024 * 1024

const OrganizationId = {
  ...Id,
  description: 'The organization of the key. It can be left out.',
} as const satisfies JSONSchema

/** Query of every request on threads, whose paths name no organization. */
export const OrganizationQuery = object({}, { organization_id: OrganizationId })

export const ThreadParams = object({
  thread_id: { type: 'string', description: 'The `id` of the thread, `thrd_…` or `thread_…`.' },
})

/** Parameters of a page of a list. */
export const SkipQuery = {
  skip: {
    type: 'integer',
    minimum: 0,
    maximum: MAX_PAGED_ENTRIES,
    default: 0,
    description: 'The number of entries to skip.',
  },
  take: { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'The number of entries.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

/** Fields of a list in addition to its entries. */
export const SkipFields = {
  total: { type: 'integer', description: 'The number of entries on all pages.' },
  skip: { type: 'integer' },
  take: { type: 'integer' },
  has_more: { type: 'boolean', description: 'True if more entries follow this page.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const Title = nullable({ type: 'string', maxLength: MAX_TITLE_LENGTH }, 'A title for people.')
const NewMetadata = nullable(
  Metadata,
  'At most 16 pairs. A key has at most 64 characters, a value at most 512.',
)

const ThreadBody = object({
  id: { type: 'string', examples: ['thrd_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  organization_id: { type: 'string' },
  title: nullable({ type: 'string' }, 'A title for people.'),
  metadata: Metadata,
  message_count: { type: 'integer' },
  created_by: { type: 'string', description: 'The id of the key that created the thread.' },
  created_at: Time,
  updated_at: Time,
})
type ThreadBody = TypeOf<typeof ThreadBody>

function toThreadBody(conversation: Conversation): ThreadBody {
  const { id, organizationId, title, metadata, messageCount, createdBy } = conversation
  return {
    ...{ id: threadId(id), organization_id: organizationId, title },
    metadata: { ...metadata } as ThreadBody['metadata'],
    ...{ message_count: messageCount, created_by: createdBy },
    created_at: toTime(conversation.createdAtMs),
    updated_at: toTime(conversation.updatedAtMs),
  }
}

const create = endpoint(
  {
    operation: createConversation,
    method: 'POST',
    path: URLS.threads,
    tag: 'Threads',
    summary: 'Create a thread',
    description: 'A thread is a conversation of the OpenAI API.',
    maxBodyBytes: MAX_BODY_BYTES,
    isBodyOptional: true,
    query: OrganizationQuery,
    body: nullable(
      object(
        {},
        {
          organization_id: nullable({ type: 'string' }, 'The organization of the key. It can be left out.'),
          title: Title,
          metadata: NewMetadata,
          messages: nullable({ type: 'array', items: NewMessage, maxItems: MAX_MESSAGES }, 'First messages.'),
        },
      ),
      'Null or absent for an empty thread.',
    ),
    responses: { 201: { description: 'The thread.', body: wrapped(ThreadBody) } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { organization_id = null, messages, ...fields } = request.body ?? {}
      const caller = callerNamed(request, organization_id)
      const pathOf = (index: number) => `messages[${index}]`
      const items = (messages ?? []).map((message, index) => toNewMessage(message, pathOf(index)))
      const input = { ...{ title: null, metadata: {} }, ...toFields(fields), items }
      const thread = await createConversation(context, caller, input).catch((error: unknown) => {
        throw inMessages(error, items, pathOf)
      })
      return reply.code(201).send(wrap('The thread is created.', toThreadBody(thread)))
    },
)

const list = endpoint(
  {
    operation: listConversations,
    method: 'GET',
    path: URLS.threads,
    tag: 'Threads',
    summary: 'List threads',
    description: 'Lists the threads that the key created, newest first; all threads for a key with `admin`.',
    query: object(SkipQuery, { organization_id: OrganizationId }),
    responses: {
      200: {
        description: 'A page of threads.',
        body: wrapped(object({ threads: { type: 'array', items: ThreadBody }, ...SkipFields })),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { skip, take } = request.query
      const { items, total, hasMore } = await listConversations(context, callerOf(request), {
        skip,
        limit: take,
      })
      const threads = items.map(toThreadBody)
      return wrap('These are the threads.', { threads, total, skip, take, has_more: hasMore })
    },
)

const get = endpoint(
  {
    operation: getConversation,
    method: 'GET',
    path: URLS.thread,
    tag: 'Threads',
    summary: 'Get a thread',
    params: ThreadParams,
    query: OrganizationQuery,
    responses: { 200: { description: 'The thread.', body: wrapped(ThreadBody) } },
    errors: ['THREAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const id = conversationIdOf(request.params.thread_id)
      return wrap('This is the thread.', toThreadBody(await getConversation(context, callerOf(request), id)))
    },
)

const update = endpoint(
  {
    operation: updateConversation,
    method: 'PATCH',
    path: URLS.thread,
    tag: 'Threads',
    summary: 'Change a thread',
    description: 'Absent fields do not change. Null removes the title or the metadata.',
    params: ThreadParams,
    query: OrganizationQuery,
    body: object({}, { title: Title, metadata: NewMetadata }),
    responses: { 200: { description: 'The changed thread.', body: wrapped(ThreadBody) } },
    errors: ['THREAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const conversationId = conversationIdOf(request.params.thread_id)
      const changes = { conversationId, ...toFields(request.body) }
      const thread = await updateConversation(context, callerOf(request), changes)
      return wrap('The thread is changed.', toThreadBody(thread))
    },
)

const remove = endpoint(
  {
    operation: deleteConversation,
    method: 'DELETE',
    path: URLS.thread,
    tag: 'Threads',
    summary: 'Delete a thread with its messages',
    params: ThreadParams,
    query: OrganizationQuery,
    responses: { 204: { description: 'The thread is deleted.' } },
    errors: ['THREAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteConversation(context, callerOf(request), conversationIdOf(request.params.thread_id))
      return reply.code(204).send()
    },
)

interface ThreadFields {
  readonly title?: string | null
  readonly metadata?: Readonly<Record<string, string>> | null
}

/** Returns the given fields. Throws VALIDATION_ERROR. */
function toFields({ title, metadata }: ThreadFields) {
  return {
    ...(title !== undefined && {
      title: title === null ? null : readText(title, 'title', MAX_TITLE_LENGTH),
    }),
    ...(metadata !== undefined && {
      metadata: metadata === null ? {} : parseMetadata(metadata, 'metadata'),
    }),
  }
}

export const THREADS = [create, list, get, update, remove]
