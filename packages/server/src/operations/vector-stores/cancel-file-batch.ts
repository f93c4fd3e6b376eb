import type { Caller } from '../../domain/access/caller.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type BatchPlace, findBatch } from './batch-place.ts'
import { batchNotFound, viewerOf } from './find-store.ts'

/** Cancels the files of a batch that are in progress; again does nothing. Throws VECTOR_STORE_NOT_FOUND, FILE_BATCH_NOT_FOUND. */
export const cancelFileBatch = defineOperation(
  {
    action: 'cancelFileBatch',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ batchId }) => batchId,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    place: BatchPlace,
  ): Promise<FileBatch> => {
    const { storeId, batchId } = place
    await findBatch(context, caller, place)
    const { vectorStores } = context.database
    const batch = await vectorStores.cancelBatch(viewerOf(caller), storeId, batchId, context.now())
    if (batch === null) throw batchNotFound()
    return batch
  },
)
