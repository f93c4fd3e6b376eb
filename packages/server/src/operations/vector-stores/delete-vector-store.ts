import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { storeNotFound, viewerOf } from './find-store.ts'

/** Deletes a store with its associations and chunks; the Files stay. Throws VECTOR_STORE_NOT_FOUND. */
export const deleteVectorStore = defineOperation(
  {
    action: 'deleteVectorStore',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: (storeId) => storeId,
  },
  async (
    context: Pick<Context, 'database' | 'knowledge' | 'log' | 'now'>,
    caller: Caller,
    storeId: string,
  ): Promise<void> => {
    const { database, knowledge, log, now } = context
    if (!(await database.vectorStores.delete(viewerOf(caller), storeId, now()))) throw storeNotFound()
    try {
      await knowledge.index.drop(storeId)
    } catch (error) {
      // The store is deleted even if its index remains: no search reads it.
      log.warn({ err: error, vector_store_id: storeId }, 'the index of a deleted store could not be deleted')
    }
  },
)
