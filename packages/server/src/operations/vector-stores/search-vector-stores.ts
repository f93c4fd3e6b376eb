import type { Caller } from '../../domain/access/caller.ts'
import type { Filter } from '../../domain/vector-stores/filter.ts'
import type { SearchHit, SearchWeights } from '../../domain/vector-stores/search.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface SearchInput {
  readonly storeIds: readonly string[]
  /** 1 to 10 queries of 1 to 8,192 characters. */
  readonly queries: readonly string[]
  /** 1 to 50. */
  readonly maxResults: number
  readonly filter: Filter | null
  /** 0 to 1: hits with a lower score are left out. */
  readonly minScore: number
  /** Null for the default weights. */
  readonly weights: SearchWeights | null
  readonly rewritesQuery: boolean
}

export interface SearchResult {
  /** Queries as they were used. */
  readonly queries: readonly string[]
  readonly hits: readonly SearchHit[]
}

/** Searches 1 to 10 stores together, one ranking, best first. Filled up to `maxResults` with the nearest chunks that the
 * filter lets through. Throws VECTOR_STORE_NOT_FOUND with `store_id` in its details, VECTOR_STORE_EXPIRED. */
export const searchVectorStores = defineOperation(
  { action: 'searchVectorStores', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: SearchInput,
  ): Promise<SearchResult> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
