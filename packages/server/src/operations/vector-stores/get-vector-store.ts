import type { Caller } from '../../domain/access/caller.ts'
import type { VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findStore } from './find-store.ts'

/** Returns a store. Throws VECTOR_STORE_NOT_FOUND, also when the caller may not see it. */
export const getVectorStore = defineOperation(
  { action: 'getVectorStore', kind: 'read', scope: 'vector_stores:read' },
  async (context: Pick<Context, 'database'>, caller: Caller, storeId: string): Promise<VectorStore> => {
    return findStore(context, caller, storeId)
  },
)
