import type { Caller } from '../../domain/access/caller.ts'
import type { Page } from '../../domain/page.ts'
import type { StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type BatchPlace, findBatch } from './batch-place.ts'
import { type CursorInput, resolveCursors } from './cursor.ts'
import { viewerOf } from './find-store.ts'

export interface BatchFileListInput extends CursorInput, BatchPlace {
  /** Empty for all statuses. */
  readonly statuses: readonly StoreFileStatus[]
}

/** Lists the files of a batch. Throws VECTOR_STORE_NOT_FOUND, FILE_BATCH_NOT_FOUND. */
export const listBatchFiles = defineOperation(
  { action: 'listBatchFiles', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    input: BatchFileListInput,
  ): Promise<Page<StoreFile>> => {
    const { storeId, batchId, statuses } = input
    const { vectorStores } = context.database
    const viewer = viewerOf(caller)
    await findBatch(context, caller, input)
    const request = await resolveCursors(input, (id) => vectorStores.findFilePosition(viewer, storeId, id))
    return vectorStores.listFiles(viewer, storeId, { ...request, statuses, batchId })
  },
)
