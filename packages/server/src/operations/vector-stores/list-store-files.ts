import type { Caller } from '../../domain/access/caller.ts'
import type { Page } from '../../domain/page.ts'
import type { StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type CursorInput, resolveCursors } from './cursor.ts'
import { findStore, viewerOf } from './find-store.ts'

export interface StoreFileListInput extends CursorInput {
  readonly storeId: string
  /** Empty for all statuses. */
  readonly statuses: readonly StoreFileStatus[]
}

/** Lists the files of a store, newest first unless `order` is `asc`. Throws VECTOR_STORE_NOT_FOUND, VALIDATION_ERROR. */
export const listStoreFiles = defineOperation(
  { action: 'listStoreFiles', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    input: StoreFileListInput,
  ): Promise<Page<StoreFile>> => {
    const { storeId, statuses } = input
    const { vectorStores } = context.database
    const viewer = viewerOf(caller)
    await findStore(context, caller, storeId)
    const request = await resolveCursors(input, (id) => vectorStores.findFilePosition(viewer, storeId, id))
    return vectorStores.listFiles(viewer, storeId, { ...request, statuses, batchId: null })
  },
)
