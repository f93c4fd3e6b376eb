import type { Caller } from '../../domain/access/caller.ts'
import type { Attributes, StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotInStore, viewerOf } from './find-store.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

export interface StoreFileUpdate extends StoreFilePlace {
  readonly attributes: Attributes
}

/** Replaces the attributes of a file of a store; filters use them at once. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const updateStoreFile = defineOperation(
  {
    action: 'updateStoreFile',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId, fileId }) => `${storeId} ${fileId}`,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: StoreFileUpdate,
  ): Promise<StoreFile> => {
    const { storeId, attributes } = input
    const { fileId } = await findStoreFile(context, caller, input)
    const viewer = viewerOf(caller)
    const { vectorStores } = context.database
    const file = await vectorStores.updateAttributes(viewer, storeId, fileId, attributes, context.now())
    if (file === null) throw fileNotInStore()
    return file
  },
)
