import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { StoreFile } from '../../domain/vector-stores/store-file.ts'
import { isInProgress } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotInStore, viewerOf } from './find-store.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

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
    context: Pick<Context, 'database' | 'knowledge' | 'now'>,
    caller: Caller,
    input: RetryInput,
  ): Promise<StoreFile> => {
    const file = await findStoreFile(context, caller, input)
    if (isInProgress(file)) return file
    if (file.status === 'completed' && !input.isForced) throw alreadyProcessed()
    const { database, knowledge, now } = context
    const { vectorStoreId, fileId } = file
    const viewer = viewerOf(caller)
    const retried = await database.vectorStores.retryFile(
      viewer,
      vectorStoreId,
      fileId,
      input.keepsError,
      now(),
    )
    if (retried === null) throw fileNotInStore()
    knowledge.wakeQueue()
    return retried
  },
)

function alreadyProcessed(): ServiceError {
  return new ServiceError(
    'FILE_ALREADY_PROCESSED',
    'the file is completed; pass "force": true to index it again',
  )
}
