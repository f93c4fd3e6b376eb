import { isDeepStrictEqual } from 'node:util'
import { ServiceError } from '../../domain/errors.ts'
import type { StorePlace } from '../../domain/vector-stores/vector-store.ts'
import type { SearchHit, SearchIndex, SearchQuery, StoreFeed, StoreVersion } from '../search-index.ts'
import { followFeed } from './follow-feed.ts'
import type { CorpusStatistics } from './rank.ts'
import { createWorkerPool, DamagedIndex, type WorkerPool } from './worker-pool.ts'

export interface SqliteSearchIndexOptions {
  /** Folder of the index files. Several processes of one machine may share it. */
  readonly folder: string
  readonly feed: StoreFeed
  /** Threads that search and apply changes. */
  readonly workers?: number
  /** Index files that are open at once; each has up to two descriptors. */
  readonly maxOpenFiles?: number
  /** Memory for vectors. A store that needs more is read from its file at each search. */
  readonly maxVectorBytes?: number
}

const DEFAULT_WORKERS = 2
const DEFAULT_MAX_OPEN_FILES = 512
const DEFAULT_MAX_VECTOR_BYTES = 256 * 1024 * 1024
/** Memory for the facts of chunks, of which the least recently used are dropped. */
const MAX_CORPUS_BYTES = 64 * 1024 * 1024
/** Attempts to reach a change. Each one that fails was overtaken by another process or found a damaged file. */
const MAX_ATTEMPTS = 5

/** Creates a search index with one SQLite file for each store. */
export function createSqliteSearchIndex(options: SqliteSearchIndexOptions): SearchIndex {
  const workers = options.workers ?? DEFAULT_WORKERS
  const pool = createWorkerPool(workers, {
    folder: options.folder,
    maxOpenFiles: Math.ceil((options.maxOpenFiles ?? DEFAULT_MAX_OPEN_FILES) / workers),
    maxCorpusBytes: Math.ceil(MAX_CORPUS_BYTES / workers),
    maxVectorBytes: Math.ceil((options.maxVectorBytes ?? DEFAULT_MAX_VECTOR_BYTES) / workers),
  })
  const follow = createFollower(pool, options.feed)
  const upToDate = <T>(store: StoreVersion, call: () => Promise<T | null>) => retry(store, call, follow)

  return {
    search: async (stores, query) => {
      const statistics = stores.length > 1 ? await countAll(pool, stores, query.texts, upToDate) : null
      const hits = await Promise.all(
        stores.map((store) => {
          const { seq, storeId } = store
          return upToDate(store, () => pool.call('search', storeId, { seq, query, statistics }))
        }),
      )
      return mergeHits(hits, query)
    },
    catchUp: async (store) => {
      await upToDate(store, async () => {
        const position = await pool.call('position', store.storeId, null)
        return position < store.seq ? null : position
      })
    },
    check: (store) => findDifferences(pool, options.feed, store),
    rebuild: async (store) => {
      await pool.call('drop', store.storeId, null)
      await follow(store)
    },
    drop: async (storeId) => {
      await pool.call('drop', storeId, null)
    },
    close: pool.close,
  }
}

type UpToDate = <T>(store: StoreVersion, call: () => Promise<T | null>) => Promise<T>

type Follow = (store: StorePlace) => Promise<void>

/** Returns a function that applies the changes of a store; callers at the same time share one run. */
function createFollower(pool: WorkerPool, feed: StoreFeed): Follow {
  const runs = new Map<string, Promise<void>>()
  return (store) => {
    const { storeId } = store
    const known = runs.get(storeId)
    if (known) return known
    const run = followFeed(pool, feed, store).finally(() => runs.delete(storeId))
    runs.set(storeId, run)
    return run
  }
}

/** Calls until the index is not behind, and applies changes in between. A damaged file is built again. */
async function retry<T>(store: StoreVersion, call: () => Promise<T | null>, follow: Follow): Promise<T> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const result = await call()
      if (result !== null) return result
      await follow(store)
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error
    }
  }
  throw new ServiceError(
    'SERVICE_UNAVAILABLE',
    `the index of ${store.storeId} cannot reach change ${store.seq}`,
  )
}

/** Adds the counts of several stores, so that their chunks are ranked as those of one. */
async function countAll(
  pool: WorkerPool,
  stores: readonly StoreVersion[],
  texts: readonly string[],
  upToDate: UpToDate,
): Promise<CorpusStatistics> {
  const counts = await Promise.all(
    stores.map((store) =>
      upToDate(store, () => pool.call('statistics', store.storeId, { seq: store.seq, texts })),
    ),
  )
  const chunksByTerm = new Map<string, number>()
  for (const { chunksByTerm: part } of counts) {
    for (const [term, chunks] of part) chunksByTerm.set(term, (chunksByTerm.get(term) ?? 0) + chunks)
  }
  const sum = (count: (one: CorpusStatistics) => number) =>
    counts.reduce((total, one) => total + count(one), 0)
  return {
    chunkCount: sum((one) => one.chunkCount),
    totalLength: sum((one) => one.totalLength),
    chunksByTerm,
  }
}

/** Returns the best hits of all stores. Equal scores are ordered by store; the order within a store stays. */
function mergeHits(hitsByStore: readonly SearchHit[][], { maxResults }: SearchQuery): SearchHit[] {
  if (hitsByStore.length === 1) return hitsByStore[0] ?? []
  return hitsByStore
    .flat()
    .sort(
      (one, other) =>
        other.score - one.score || (one.storeId < other.storeId ? -1 : Number(one.storeId > other.storeId)),
    )
    .slice(0, maxResults)
}

const CHECKED_PAGE = 1_000
/** Comparisons of a store that changes meanwhile. */
const MAX_COMPARISONS = 3

/** Compares until nothing changes meanwhile; otherwise returns the differences that every comparison found. */
async function findDifferences(pool: WorkerPool, feed: StoreFeed, store: StorePlace): Promise<string[]> {
  try {
    let { differences, isSettled } = await compareWithFeed(pool, feed, store)
    for (let comparison = 1; !isSettled && comparison < MAX_COMPARISONS; comparison++) {
      const next = await compareWithFeed(pool, feed, store)
      const found = new Set(next.differences)
      isSettled = next.isSettled
      differences = isSettled ? next.differences : differences.filter((difference) => found.has(difference))
    }
    return differences
  } catch (error) {
    if (error instanceof DamagedIndex)
      return [`${error.message}. It was deleted, and the next search builds it again`]
    throw error
  }
}

interface Comparison {
  readonly differences: string[]
  /** True when neither the store nor the index changed during the comparison. */
  readonly isSettled: boolean
}

async function compareWithFeed(pool: WorkerPool, feed: StoreFeed, store: StorePlace): Promise<Comparison> {
  const { storeId } = store
  await followFeed(pool, feed, store)
  const position = await pool.call('position', storeId, null)
  const { files, damage } = await pool.call('inspect', storeId, null)
  const indexed = new Map(files.map(([fileId, revision, attributes]) => [fileId, { revision, attributes }]))
  const differences = [...damage]
  let afterSeq = 0
  for (let hasMore = true; hasMore; ) {
    const page = await feed.changesAfter(store, afterSeq, CHECKED_PAGE)
    for (const { fileId, revision, attributes } of page.changes) {
      const found = indexed.get(fileId)
      indexed.delete(fileId)
      if (revision === null) {
        if (found) differences.push(`${fileId} is in the index, and not in the store`)
      } else if (found?.revision !== revision) {
        differences.push(
          `${fileId} has revision ${found?.revision ?? 'none'} in the index, and ${revision} in the store`,
        )
      } else if (!isDeepStrictEqual(JSON.parse(found.attributes), attributes)) {
        differences.push(`${fileId} has other attributes in the index than in the store`)
      }
    }
    afterSeq = page.seq
    hasMore = page.hasMore
  }
  for (const fileId of indexed.keys()) differences.push(`${fileId} is in the index, and not in the store`)
  return { differences, isSettled: afterSeq === position }
}
