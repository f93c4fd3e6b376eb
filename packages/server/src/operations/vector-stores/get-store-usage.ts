import type { Caller } from '../../domain/access/caller.ts'
import type { VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'
import { viewerOf } from './find-store.ts'

export interface StoreUsage {
  readonly totalBytes: number
  readonly totalFiles: number
  readonly storeCount: number
  readonly stores: readonly VectorStore[]
}

const LARGEST_FIRST = {
  limit: 1000,
  skip: 0,
  order: 'desc',
  after: null,
  before: null,
  search: null,
  accessMode: null,
  sort: 'dataBytes',
} as const

/** Returns the stores that the caller may see, for their sizes; at most 1,000, the largest first. */
export const getStoreUsage = defineOperation(
  { action: 'getStoreUsage', kind: 'read', scope: 'vector_stores:read' },
  async (context: Pick<Context, 'database'>, caller: Caller, _input: NoInput): Promise<StoreUsage> => {
    const { vectorStores } = context.database
    const viewer = viewerOf(caller)
    const [sums, largest] = await Promise.all([
      vectorStores.sumUsage(viewer),
      vectorStores.list(viewer, LARGEST_FIRST),
    ])
    return {
      totalBytes: sums.bytes,
      totalFiles: sums.files,
      storeCount: sums.stores,
      stores: largest.items,
    }
  },
)
