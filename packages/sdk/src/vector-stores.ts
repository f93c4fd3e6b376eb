import type { Api, CallOptions } from './api.ts'
import type {
  CreateVectorStoreBody,
  ListVectorStoresAnswer,
  ListVectorStoresQuery,
  SearchAnswer,
  SearchBody,
  UpdateVectorStoreBody,
  VectorStore,
  VectorStoreUsage,
} from './api-types.ts'
import { type Listed, listed } from './pages.ts'
import { createStoreFiles, type StoreFiles } from './store-files.ts'

export interface VectorStores {
  readonly files: StoreFiles
  create(body: CreateVectorStoreBody, options?: CallOptions): Promise<VectorStore>
  /** Lists the stores that the key may see, newest first unless the query sorts them. */
  list(query?: ListVectorStoresQuery, options?: CallOptions): Listed<VectorStore, ListVectorStoresAnswer>
  get(storeId: string, options?: CallOptions): Promise<VectorStore>
  /** Changes the given fields. Null removes the description, the metadata or the expiry. */
  update(storeId: string, body: UpdateVectorStoreBody, options?: CallOptions): Promise<VectorStore>
  /** Deletes the store. Its Files stay. */
  delete(storeId: string, options?: CallOptions): Promise<void>
  /** Returns the sizes of the stores that the key may see. */
  usage(options?: CallOptions): Promise<VectorStoreUsage>
  /** Searches the completed files of a store. The best result comes first. */
  search(storeId: string, body: SearchBody, options?: CallOptions): Promise<SearchAnswer>
  /** Searches up to 10 stores together. */
  searchAll(storeIds: readonly string[], body: SearchBody, options?: CallOptions): Promise<SearchAnswer>
}

export function createVectorStores(api: Api): VectorStores {
  const { call, callForData } = api
  const pathOf = (storeId: string) => `/vector-stores/${encodeURIComponent(storeId)}`
  const list = (query: ListVectorStoresQuery, signal: AbortSignal | undefined) =>
    call<ListVectorStoresAnswer>({ method: 'GET', path: '/vector-stores', query, signal })
  return {
    files: createStoreFiles(api),
    create: (json, options) => callForData({ method: 'POST', path: '/vector-stores', json }, options),
    list: (query = {}, { signal } = {}) =>
      listed(
        query,
        (page) => list(page, signal),
        ({ data }) => data,
        nextPage,
      ),
    get: (storeId, options) => callForData({ method: 'GET', path: pathOf(storeId) }, options),
    update: (storeId, json, options) =>
      callForData({ method: 'PATCH', path: pathOf(storeId), json }, options),
    delete: (storeId, options) => call({ method: 'DELETE', path: pathOf(storeId) }, options),
    usage: (options) => callForData({ method: 'GET', path: '/vector-stores/usage' }, options),
    search: (storeId, json, options) =>
      callForData({ method: 'POST', path: `${pathOf(storeId)}/search`, json, isIdempotent: true }, options),
    searchAll: (storeIds, body, options) =>
      callForData(
        {
          method: 'POST',
          path: '/vector-stores/search',
          json: { ...body, vector_store_ids: storeIds },
          isIdempotent: true,
        },
        options,
      ),
  }
}

/** Returns the query of the next page. Lists without a cursor, which are sorted otherwise, skip the earlier entries. */
function nextPage(page: ListVectorStoresAnswer, query: ListVectorStoresQuery): ListVectorStoresQuery | null {
  if (!page.has_more) return null
  const { skip = 0, ...rest } = query
  if (page.next_cursor !== null) return { ...rest, after: page.next_cursor }
  return { ...rest, skip: skip + page.data.length }
}
