import type { Caller } from '../../domain/access/caller.ts'
import type { StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { StoreFilePlace } from './store-file-place.ts'

export interface RetryInput extends StoreFilePlace {
  readonly isForced: boolean
  /** True keeps the earlier error until the next result. */
  readonly keepsError: boolean
}

/** Indexes a failed file again; returns one in progress unchanged. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE.
 * FILE_ALREADY_PROCESSED for a completed file, unless `isForced`. */
export const retryStoreFile = defineOperation(
  {
    action: 'retryStoreFile',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId, fileId }) => `${storeId} ${fileId}`,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: RetryInput,
  ): Promise<StoreFile> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
