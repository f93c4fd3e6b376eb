import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Deletes a store with its associations and chunks; the Files stay. Throws VECTOR_STORE_NOT_FOUND. */
export const deleteVectorStore = defineOperation(
  {
    action: 'deleteVectorStore',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: (storeId) => storeId,
  },
  async (context: Pick<Context, 'database' | 'now'>, caller: Caller, input: string): Promise<void> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
