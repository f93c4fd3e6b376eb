import { type Caller, checkScope } from '../../domain/access/caller.ts'
import type { FileSearchResult, Item } from '../../domain/conversations/item.ts'
import type { FileSearchTool, ResponseRequest } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { SearchHit } from '../../domain/vector-stores/search.ts'
import type { Audit } from '../access/audit.ts'
import type { Context } from '../context.ts'
import { findActiveStore } from '../vector-stores/find-store.ts'
import { searchVectorStores } from '../vector-stores/search-vector-stores.ts'

type SearchContext = Pick<Context, 'database' | 'knowledge' | 'models' | 'log' | 'now'> & {
  readonly audit: Audit
}

/** Limits of one search, as the search of stores has them. */
const MAX_QUERIES = 10
const MAX_QUERY_LENGTH = 8192

/**
 * Checks that the caller may search all stores of the request. Throws INSUFFICIENT_PERMISSIONS, and
 * VECTOR_STORE_NOT_FOUND or VECTOR_STORE_EXPIRED with the place of the store in the request.
 */
export async function checkStores(
  context: Pick<Context, 'database' | 'now'>,
  caller: Caller,
  { tools }: Pick<ResponseRequest, 'tools'>,
): Promise<void> {
  for (const [toolIndex, tool] of tools.entries()) {
    if (tool.type !== 'file_search') continue
    checkScope(caller, 'vector_stores:read')
    for (const [index, storeId] of tool.storeIds.entries()) {
      try {
        await findActiveStore(context, caller, storeId)
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        const field = `tools[${toolIndex}].vector_store_ids[${index}]`
        throw new ServiceError(error.code, error.message, { ...error.details, store_id: storeId, field })
      }
    }
  }
}

/** Searches the stores of the tools with the rights of the caller, whatever the queries say. Best results first. */
export async function searchFiles(
  context: SearchContext,
  caller: Caller,
  tools: readonly FileSearchTool[],
  queries: readonly string[],
): Promise<readonly FileSearchResult[]> {
  if (queries.length === 0) return []
  const results: FileSearchResult[] = []
  for (const { storeIds, maxResults, filter, minScore, weights } of tools) {
    const { hits } = await searchVectorStores(context, caller, {
      ...{ storeIds, queries, maxResults, filter, minScore, weights },
      rewritesQuery: false,
    })
    results.push(...hits.map(toResult))
  }
  return tools.length > 1 ? results.sort((a, b) => b.score - a.score) : results
}

/** Returns queries within the limits of a search. */
export function boundedQueries(texts: readonly string[]): readonly string[] {
  return texts
    .map((text) => text.trim().slice(0, MAX_QUERY_LENGTH).toWellFormed())
    .filter((text) => text !== '')
    .slice(0, MAX_QUERIES)
}

/** Returns the queries of a search that goes by the newest item; none when that is no message of a user. */
export function queriesOfNewest(items: readonly Item[]): readonly string[] {
  const newest = items.at(-1)
  if (newest?.type !== 'message' || newest.role !== 'user') return []
  const texts = newest.content.flatMap((part) => (part.type === 'input_text' ? [part.text] : []))
  return boundedQueries([texts.join('\n')])
}

/** Reads the queries from the arguments of the model's call; a model can write anything there. */
export function queriesOfCall(text: string): readonly string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null) return []
  const { queries, query } = value as Record<string, unknown>
  const given = Array.isArray(queries) ? queries : [queries ?? query]
  return boundedQueries(given.filter((one) => typeof one === 'string'))
}

function toResult(hit: SearchHit): FileSearchResult {
  const { fileId, filename, vectorStoreId, chunkId, page, startOffset, endOffset, score, attributes, text } =
    hit
  return { fileId, filename, vectorStoreId, chunkId, page, startOffset, endOffset, score, attributes, text }
}
