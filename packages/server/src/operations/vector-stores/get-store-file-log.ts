import type { Caller } from '../../domain/access/caller.ts'
import type { LogEntry } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { viewerOf } from './find-store.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

const MAX_LOG_ENTRIES = 200

/** Returns the last 200 log entries of a file of a store, oldest first. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const getStoreFileLog = defineOperation(
  { action: 'getStoreFileLog', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    place: StoreFilePlace,
  ): Promise<readonly LogEntry[]> => {
    const { vectorStoreId, fileId } = await findStoreFile(context, caller, place)
    return context.database.vectorStores.listLog(viewerOf(caller), vectorStoreId, fileId, MAX_LOG_ENTRIES)
  },
)
