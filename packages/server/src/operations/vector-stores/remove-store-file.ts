import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { StoreFilePlace } from './store-file-place.ts'

/** Removes a file from a store: a search that begins afterwards does not find it. The File stays. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const removeStoreFile = defineOperation(
  {
    action: 'removeStoreFile',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId, fileId }) => `${storeId} ${fileId}`,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: StoreFilePlace,
  ): Promise<void> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
