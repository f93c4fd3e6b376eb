import type { Caller } from '../../domain/access/caller.ts'
import type { AccessMode, Metadata, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findActiveStore, storeNotFound, viewerOf } from './find-store.ts'

export interface VectorStoreChanges {
  readonly storeId: string
  readonly name?: string
  readonly description?: string | null
  readonly accessMode?: AccessMode
  readonly metadata?: Metadata
  readonly expiresAfterDays?: number | null
}

/** Changes a store; absent fields keep their value. Counts as activity. Throws VECTOR_STORE_NOT_FOUND, VECTOR_STORE_EXPIRED,
 * VALIDATION_ERROR. */
export const updateVectorStore = defineOperation(
  {
    action: 'updateVectorStore',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId }) => storeId,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: VectorStoreChanges,
  ): Promise<VectorStore> => {
    const { storeId, ...change } = input
    await findActiveStore(context, caller, storeId)
    const store = await context.database.vectorStores.update(viewerOf(caller), storeId, change, context.now())
    if (store === null) throw storeNotFound()
    return store
  },
)
