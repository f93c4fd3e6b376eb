import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotInStore, viewerOf } from './find-store.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

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
    place: StoreFilePlace,
  ): Promise<void> => {
    const { fileId } = await findStoreFile(context, caller, place)
    const { vectorStores } = context.database
    const isRemoved = await vectorStores.removeFile(viewerOf(caller), place.storeId, fileId, context.now())
    if (!isRemoved) throw fileNotInStore()
  },
)
