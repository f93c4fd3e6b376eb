import type { JSONSchema } from 'json-schema-to-ts'
import { parseSearch } from '../../domain/vector-stores/parse-search.ts'
import type { SearchHit } from '../../domain/vector-stores/search.ts'
import { type SearchResult, searchVectorStores } from '../../operations/vector-stores/search-vector-stores.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { OrganizationParams } from './shapes.ts'
import { Attributes, Id, StoreParams, wrap, wrapped } from './vector-store-shapes.ts'

const Query = { type: 'string', minLength: 1, maxLength: 8192 } as const satisfies JSONSchema
const Score = { type: 'number', minimum: 0, maximum: 1, examples: [0.5] } as const satisfies JSONSchema
const Weight = { type: 'number', minimum: 0 } as const satisfies JSONSchema

const SearchFields = {
  query: {
    anyOf: [Query, { type: 'array', items: Query, minItems: 1, maxItems: 10 }],
    description: 'The text to search for; several texts are searched together.',
    examples: ['When does the contract end?'],
  },
} as const satisfies Readonly<Record<string, JSONSchema>>

const OptionalSearchFields = {
  max_num_results: nullable(
    { type: 'integer', minimum: 1, maximum: 50 },
    'The largest number of results; by default 10.',
  ),
  filters: nullable(
    { type: 'object', additionalProperties: true, examples: [{ type: 'eq', key: 'year', value: 2026 }] },
    'Only files whose attributes match: a comparison `{type, key, value}` with `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in` ' +
      'or `nin`, or `{type: "and" | "or", filters}`; at most 8 levels deep with 256 parts.',
  ),
  ranking_options: nullable(
    object(
      {},
      {
        ranker: nullable(
          {
            type: 'string',
            enum: ['auto', 'none', 'default-2024-11-15', 'default-2024-08-21', 'default_2024_08_21'],
          },
          'Accepted for compatibility.',
        ),
        score_threshold: nullable(Score, 'Results with a lower score are left out; by default 0.'),
        scoreThreshold: nullable(Score, 'The same as `score_threshold`.'),
        hybrid_search: nullable(
          object({ embedding_weight: Weight, text_weight: Weight }),
          'The weights of the ranking by vectors and of the ranking by words. One of them is above 0.',
        ),
      },
    ),
    'Options of the ranking.',
  ),
  rewrite_query: nullable(
    { type: 'boolean' },
    'True lets the default model of the model server word the query in another way, if the key has the scope ' +
      '`models:use`. `search_query` shows the used wording.',
  ),
} as const satisfies Readonly<Record<string, JSONSchema>>

const ResultBody = object({
  file_id: { type: 'string' },
  filename: { type: 'string' },
  score: { type: 'number', description: '0 to 1, falling with rank.', examples: [0.87] },
  text: { type: 'string', description: 'The text of the chunk.' },
  attributes: Attributes,
  vector_store_id: { type: 'string' },
  chunk_id: { type: 'string' },
  chunk_index: { type: 'integer', description: 'The number of the chunk in the document, from 0.' },
  page: nullable({ type: 'integer' }, 'The page, slide or sheet, from 1; null if the document has none.'),
  start_offset: { type: 'integer', description: 'The start in the extracted text, in UTF-16 units.' },
  end_offset: { type: 'integer', description: 'The end in the extracted text, in UTF-16 units.' },
})

const ResultsBody = object({
  search_query: { type: 'array', items: { type: 'string' }, description: 'The queries as they were used.' },
  results: { type: 'array', items: ResultBody, description: 'The chunks that were found, the best first.' },
  took_ms: { type: 'integer', description: 'The duration of the search in milliseconds.' },
})

const RESPONSES = { 200: { description: 'The chunks that were found.', body: wrapped(ResultsBody) } } as const

const searchOne = endpoint(
  {
    operation: { action: 'searchVectorStore', scope: searchVectorStores.scope },
    method: 'POST',
    path: URLS.searchVectorStore,
    tag: 'Vector stores',
    summary: 'Search a vector store',
    description:
      'Only completed files are searched. The score of a chunk without any word of the query is below 0.2.',
    params: StoreParams,
    body: object(SearchFields, OptionalSearchFields),
    responses: RESPONSES,
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED'],
  },
  ({ context }) =>
    async (request) => {
      const { body, params } = request
      const input = { ...parseSearch(body), storeIds: [params.vector_store_id] }
      return timed(() => searchVectorStores(context, callerOf(request), input))
    },
)

const searchSeveral = endpoint(
  {
    operation: searchVectorStores,
    method: 'POST',
    path: URLS.searchVectorStores,
    tag: 'Vector stores',
    summary: 'Search several vector stores together',
    description: 'The results of all stores are one list, the best first.',
    params: OrganizationParams,
    body: object(
      {
        vector_store_ids: {
          type: 'array',
          items: Id,
          minItems: 1,
          maxItems: 10,
          description: 'The stores to search. A store that occurs again counts once.',
          examples: [['vs_0198f3a2b4c17d3e8f90a1b2c3d4e5f6']],
        },
        ...SearchFields,
      },
      OptionalSearchFields,
    ),
    responses: RESPONSES,
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED'],
  },
  ({ context }) =>
    async (request) => {
      const { body } = request
      const input = { ...parseSearch(body), storeIds: [...new Set(body.vector_store_ids)] }
      return timed(() => searchVectorStores(context, callerOf(request), input))
    },
)

export const VECTOR_STORE_SEARCH = [searchOne, searchSeveral]

async function timed(search: () => Promise<SearchResult>) {
  const startMs = performance.now()
  const { queries, hits } = await search()
  const took_ms = Math.round(performance.now() - startMs)
  return wrap('These are the results of the search.', {
    search_query: [...queries],
    results: hits.map(toResultBody),
    took_ms,
  })
}

function toResultBody(hit: SearchHit) {
  return {
    file_id: hit.fileId,
    filename: hit.filename,
    score: hit.score,
    text: hit.text,
    attributes: hit.attributes,
    vector_store_id: hit.vectorStoreId,
    chunk_id: hit.chunkId,
    chunk_index: hit.chunkIndex,
    page: hit.page,
    start_offset: hit.startOffset,
    end_offset: hit.endOffset,
  }
}
