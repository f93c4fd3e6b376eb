import type { Caller } from '../../domain/access/caller.ts'
import type { VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

export interface StoreUsage {
  readonly totalBytes: number
  readonly totalFiles: number
  readonly storeCount: number
  readonly stores: readonly VectorStore[]
}

/** Returns the stores that the caller may see, for their sizes; at most 1,000, the largest first. */
export const getStoreUsage = defineOperation(
  { action: 'getStoreUsage', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    _input: NoInput,
  ): Promise<StoreUsage> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId}`)
  },
)
