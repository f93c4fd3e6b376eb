import type { Caller } from '../../domain/access/caller.ts'
import type { Attributes, ChunkingStrategy, StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface NewStoreFile {
  readonly fileId: string
  /** Null keeps the attributes of an earlier association; a new one has none. */
  readonly attributes: Attributes | null
  /** Null keeps the strategy of an earlier association; a new one has `auto`. */
  readonly chunking: ChunkingStrategy | null
}

export interface AddStoreFileInput extends NewStoreFile {
  readonly storeId: string
  /** Longest wait for the indexing; 0 does not wait. */
  readonly waitMs: number
}

/** Adds a File to a store. Adding it again returns the association as it is; new attributes replace the earlier ones; a new
 * chunking strategy, or an earlier failure, indexes it again. Throws VECTOR_STORE_NOT_FOUND, VECTOR_STORE_EXPIRED,
 * FILE_NOT_FOUND, VALIDATION_ERROR, INSUFFICIENT_PERMISSIONS without `files:read`. */
export const addStoreFile = defineOperation(
  {
    action: 'addStoreFile',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId, fileId }) => `${storeId} ${fileId}`,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: AddStoreFileInput,
  ): Promise<StoreFile> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
