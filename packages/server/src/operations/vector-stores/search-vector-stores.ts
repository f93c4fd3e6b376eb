import type { LiveFile, StoreViewer } from '../../database/records/vector-stores.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Filter } from '../../domain/vector-stores/filter.ts'
import type { SearchHit, SearchWeights } from '../../domain/vector-stores/search.ts'
import type { StorePlace, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { SearchHit as FoundChunk } from '../../knowledge/search-index.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findActiveStore, viewerOf } from './find-store.ts'
import { rewriteQueries } from './rewrite-queries.ts'

export interface SearchInput {
  readonly storeIds: readonly string[]
  /** 1 to 10 queries of 1 to 8,192 characters. */
  readonly queries: readonly string[]
  /** 1 to 50. */
  readonly maxResults: number
  readonly filter: Filter | null
  /** 0 to 1: hits with a lower score are left out. */
  readonly minScore: number
  /** Weights of the two rankings; null for the default ones. */
  readonly weights: SearchWeights | null
  /** True allows a model to word the queries in another way. */
  readonly rewritesQuery: boolean
}

/** Search of some stores, or of one file in them. */
export interface ChunkSearch extends Omit<SearchInput, 'rewritesQuery'> {
  /** File whose chunks are searched; null for those of all files. */
  readonly fileId: string | null
}

export interface SearchResult {
  /** Queries as they were used. */
  readonly queries: readonly string[]
  readonly hits: readonly SearchHit[]
}

type SearchContext = Pick<Context, 'database' | 'knowledge' | 'models' | 'log' | 'now'>

/** Searches again when files left a store between the search and the check of its hits. */
const MAX_SEARCHES = 3
/** Longest wait for the vectors of queries. */
const MAX_EMBEDDING_MS = 3000
/** Interval at which searches count as activity of a store. */
const ACTIVITY_MS = 60_000

/**
 * Searches 1 to 10 stores together, one ranking, best first. Filled up to `maxResults` with the nearest chunks that the
 * filter lets through. A file that was removed before the call is not found.
 * Throws VECTOR_STORE_NOT_FOUND and VECTOR_STORE_EXPIRED for the first such store.
 */
export const searchVectorStores = defineOperation(
  { action: 'searchVectorStores', kind: 'read', scope: 'vector_stores:read' },
  async (context: SearchContext, caller: Caller, input: SearchInput): Promise<SearchResult> => {
    const queries = input.rewritesQuery ? await rewriteQueries(context, caller, input.queries) : input.queries
    return { queries, hits: await searchChunks(context, caller, { ...input, queries, fileId: null }) }
  },
)

/** Does the work of `searchVectorStores`, and throws its errors. The caller checks the permission. */
export async function searchChunks(
  context: SearchContext,
  caller: Caller,
  input: ChunkSearch,
): Promise<readonly SearchHit[]> {
  const viewer = viewerOf(caller)
  const embedded = await embedQueries(context, input)
  for (let searches = 1; ; searches++) {
    const stores = await findStores(context, caller, input.storeIds)
    if (searches === 1) await touch(context, viewer, stores)
    const vectors = embedded !== null && (await haveVectors(context, stores)) ? embedded : null
    const found = await context.knowledge.index.search(
      stores.map((store) => ({ ...placeOf(store), seq: store.seq })),
      {
        texts: input.queries,
        vectors,
        filter: input.filter,
        fileId: input.fileId,
        maxResults: input.maxResults,
        scoreThreshold: input.minScore,
        weights: input.weights,
      },
    )
    const hits = await dropRemoved(context, caller.organizationId, found)
    if (hits.length === found.length || searches === MAX_SEARCHES) return hits
  }
}

async function findStores(context: SearchContext, caller: Caller, ids: readonly string[]) {
  const stores: VectorStore[] = []
  // One after the other, so that the first unknown id is the one that the error names.
  for (const id of new Set(ids)) stores.push(await findActiveStore(context, caller, id))
  return stores
}

/** Returns the vectors of the queries; null for a search by words, also when the model server does not answer. */
async function embedQueries(
  { knowledge, log }: SearchContext,
  { queries, weights }: ChunkSearch,
): Promise<readonly Float32Array[] | null> {
  if (knowledge.embedder === null || weights?.embedding === 0) return null
  try {
    return await knowledge.embedder.embed(queries, AbortSignal.timeout(MAX_EMBEDDING_MS))
  } catch (error) {
    log.warn({ err: error }, 'a search goes by words, because its query could not be embedded')
    return null
  }
}

/**
 * Returns true when all chunks of the stores have vectors of the present model. While the files of a store are embedded
 * again with another model, its searches go by words: similarities of different models cannot be compared.
 */
async function haveVectors(
  { database, knowledge }: SearchContext,
  stores: readonly VectorStore[],
): Promise<boolean> {
  const { embedder } = knowledge
  if (embedder === null) return false
  const { indexing } = database.vectorStores
  const lacking = await Promise.all(
    stores.map((store) => indexing.lacksVectors(placeOf(store), embedder.model)),
  )
  return !lacking.includes(true)
}

async function touch(
  { database, now }: SearchContext,
  viewer: StoreViewer,
  stores: readonly VectorStore[],
): Promise<void> {
  const quiet = stores.filter(({ lastActiveAtMs }) => lastActiveAtMs < now() - ACTIVITY_MS)
  if (quiet.length === 0) return
  await database.vectorStores.touch(
    viewer,
    quiet.map(({ id }) => id),
    now(),
  )
}

/** Drops hits whose file has left the store since the index was read. */
async function dropRemoved(
  { database }: SearchContext,
  organizationId: string,
  found: readonly FoundChunk[],
): Promise<SearchHit[]> {
  const live = new Map<string, ReadonlyMap<string, LiveFile>>()
  for (const [storeId, chunks] of Map.groupBy(found, (chunk) => chunk.storeId)) {
    const fileIds = [...new Set(chunks.map(({ fileId }) => fileId))]
    live.set(storeId, await database.vectorStores.indexing.findLive({ organizationId, storeId }, fileIds))
  }
  return found.flatMap((chunk) => {
    const file = live.get(chunk.storeId)?.get(chunk.fileId)
    return file === undefined || file.revision === null ? [] : [toHit(chunk, file)]
  })
}

function placeOf({ organizationId, id }: VectorStore): StorePlace {
  return { organizationId, storeId: id }
}

function toHit(chunk: FoundChunk, { filename, attributes }: LiveFile): SearchHit {
  return {
    vectorStoreId: chunk.storeId,
    fileId: chunk.fileId,
    filename,
    attributes,
    score: chunk.score,
    text: chunk.text,
    chunkId: `chunk_${chunk.revision}_${chunk.chunkIndex}`,
    chunkIndex: chunk.chunkIndex,
    page: chunk.page,
    startOffset: chunk.startOffset,
    endOffset: chunk.endOffset,
  }
}
