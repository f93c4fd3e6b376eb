import type { Api, CallOptions } from './api.ts'
import type {
  CreateMessageBody,
  CreateThreadBody,
  ListMessagesAnswer,
  ListMessagesQuery,
  ListThreadsAnswer,
  ListThreadsQuery,
  Message,
  Thread,
  UpdateThreadBody,
} from './api-types.ts'
import { type Listed, listed } from './pages.ts'

export interface ThreadMessages {
  create(threadId: string, body: CreateMessageBody, options?: CallOptions): Promise<Message>
  /** Lists the messages, oldest first unless the query says otherwise. */
  list(
    threadId: string,
    query?: ListMessagesQuery,
    options?: CallOptions,
  ): Listed<Message, ListMessagesAnswer>
  get(threadId: string, messageId: string, options?: CallOptions): Promise<Message>
  delete(threadId: string, messageId: string, options?: CallOptions): Promise<void>
}

export interface Threads {
  readonly messages: ThreadMessages
  create(body?: CreateThreadBody, options?: CallOptions): Promise<Thread>
  /** Lists the threads that the key created, newest first; all threads for a key with `admin`. */
  list(query?: ListThreadsQuery, options?: CallOptions): Listed<Thread, ListThreadsAnswer>
  get(threadId: string, options?: CallOptions): Promise<Thread>
  /** Changes the given fields. Null removes the title or the metadata. */
  update(threadId: string, body: UpdateThreadBody, options?: CallOptions): Promise<Thread>
  /** Deletes the thread with its messages and responses. */
  delete(threadId: string, options?: CallOptions): Promise<void>
}

const path = '/threads'
const pathOf = (threadId: string) => `${path}/${encodeURIComponent(threadId)}`
const shared = { isWithoutOrganization: true }

export function createThreads(api: Api): Threads {
  const { call, callForData } = api
  return {
    messages: createThreadMessages(api),
    create: (json = {}, options) => callForData({ ...shared, method: 'POST', path, json }, options),
    list: (query = {}, { signal } = {}) =>
      listed(
        query,
        (page) =>
          callForData<ListThreadsAnswer>({
            ...shared,
            ...{ method: 'GET', path, query: page, signal },
          }),
        ({ threads }) => threads,
        (page, sent) => nextPage(page, page.threads.length, sent),
      ),
    get: (threadId, options) => callForData({ ...shared, method: 'GET', path: pathOf(threadId) }, options),
    update: (threadId, json, options) =>
      callForData({ ...shared, method: 'PATCH', path: pathOf(threadId), json }, options),
    delete: (threadId, options) => call({ ...shared, method: 'DELETE', path: pathOf(threadId) }, options),
  }
}

function createThreadMessages({ call, callForData }: Api): ThreadMessages {
  const listPath = (threadId: string) => `${pathOf(threadId)}/messages`
  const messagePath = (threadId: string, messageId: string) =>
    `${listPath(threadId)}/${encodeURIComponent(messageId)}`
  return {
    create: (threadId, json, { signal } = {}) =>
      callForData({
        ...shared,
        ...{ method: 'POST', path: listPath(threadId), json, signal },
      }),
    list: (threadId, query = {}, { signal } = {}) =>
      listed(
        query,
        (page) =>
          callForData<ListMessagesAnswer>({
            ...shared,
            ...{ method: 'GET', path: listPath(threadId), query: page, signal },
          }),
        ({ messages }) => messages,
        (page, sent) => nextPage(page, page.messages.length, sent),
      ),
    get: (threadId, messageId, { signal } = {}) =>
      callForData({
        ...shared,
        ...{ method: 'GET', path: messagePath(threadId, messageId), signal },
      }),
    delete: (threadId, messageId, { signal } = {}) =>
      call({
        ...shared,
        ...{ method: 'DELETE', path: messagePath(threadId, messageId), signal },
      }),
  }
}

/** Returns the query of the next page, which skips the entries so far; null after the last one. */
function nextPage<Query extends { readonly skip?: number | undefined }>(
  page: { readonly has_more: boolean },
  count: number,
  query: Query,
): Query | null {
  return page.has_more ? { ...query, skip: (query.skip ?? 0) + count } : null
}
