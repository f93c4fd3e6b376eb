import type { Caller } from '../../domain/access/caller.ts'
import type { StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

/** Returns a file of a store. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const getStoreFile = defineOperation(
  { action: 'getStoreFile', kind: 'read', scope: 'vector_stores:read' },
  async (context: Pick<Context, 'database'>, caller: Caller, place: StoreFilePlace): Promise<StoreFile> => {
    return findStoreFile(context, caller, place)
  },
)
