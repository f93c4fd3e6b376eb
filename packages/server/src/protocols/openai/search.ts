import { parseSearch } from '../../domain/vector-stores/parse-search.ts'
import type { SearchHit } from '../../domain/vector-stores/search.ts'
import { searchVectorStores } from '../../operations/vector-stores/search-vector-stores.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { openaiFileId } from './file-id.ts'
import { bodyOf } from './read-body.ts'
import { Attributes, StoreParams } from './store-schemas.ts'

const Text = { type: 'string', maxLength: 8192 } as const

const HitObject = object({
  file_id: { type: 'string' },
  filename: { type: 'string' },
  score: { type: 'number', minimum: 0, maximum: 1 },
  attributes: Attributes,
  content: {
    type: 'array',
    items: object({ type: { type: 'string', enum: ['text'] }, text: { type: 'string' } }),
  },
  chunk_id: { type: 'string' },
  chunk_index: { type: 'integer' },
  page: { type: ['integer', 'null'], description: 'The page, from 1; null if the document has none.' },
  start_offset: { type: 'integer', description: 'The place in the extracted text.' },
  end_offset: { type: 'integer' },
})
type HitObject = TypeOf<typeof HitObject>

const search = endpoint(
  {
    operation: searchVectorStores,
    method: 'POST',
    path: OPENAI_URLS.search,
    tag: 'Vector stores',
    summary: 'Search a vector store',
    description:
      'Each result is a chunk of a completed file, the best first. Filters are applied before the limit.',
    params: StoreParams,
    body: object(
      { query: { anyOf: [Text, { type: 'array', items: Text, minItems: 1, maxItems: 10 }] } },
      {
        max_num_results: { type: 'integer', minimum: 1, maximum: 50, default: 10 },
        filters: { type: 'object', description: 'A comparison, or `and` or `or` of filters.' },
        ranking_options: object(
          {},
          {
            ranker: { type: 'string', description: 'Accepted for compatibility. There is one ranking.' },
            score_threshold: { type: 'number', minimum: 0, maximum: 1, default: 0 },
            hybrid_search: object({
              embedding_weight: { type: 'number', minimum: 0 },
              text_weight: { type: 'number', minimum: 0 },
            }),
          },
        ),
        rewrite_query: { type: 'boolean', default: false },
      },
    ),
    responses: {
      200: {
        description: 'The results.',
        body: object({
          object: { type: 'string', enum: ['vector_store.search_results.page'] },
          search_query: { type: 'array', items: { type: 'string' } },
          data: { type: 'array', items: HitObject },
          has_more: { type: 'boolean' },
          next_page: { type: ['string', 'null'] },
        }),
      },
    },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const input = { storeIds: [request.params.vector_store_id], ...parseSearch(bodyOf(request)) }
      const { queries, hits } = await searchVectorStores(context, callerOf(request), input)
      return {
        object: 'vector_store.search_results.page' as const,
        search_query: [...queries],
        data: hits.map(toHitObject),
        has_more: false,
        next_page: null,
      }
    },
)

function toHitObject(hit: SearchHit): HitObject {
  return {
    file_id: openaiFileId(hit.fileId),
    filename: hit.filename,
    score: hit.score,
    attributes: { ...hit.attributes } as HitObject['attributes'],
    content: [{ type: 'text', text: hit.text }],
    chunk_id: hit.chunkId,
    chunk_index: hit.chunkIndex,
    page: hit.page,
    start_offset: hit.startOffset,
    end_offset: hit.endOffset,
  }
}

export const OPENAI_SEARCH = [search]
