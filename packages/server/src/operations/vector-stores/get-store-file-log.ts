import type { Caller } from '../../domain/access/caller.ts'
import type { LogEntry } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { StoreFilePlace } from './store-file-place.ts'

/** Returns the last 200 log entries of a file of a store, oldest first. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const getStoreFileLog = defineOperation(
  { action: 'getStoreFileLog', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: StoreFilePlace,
  ): Promise<readonly LogEntry[]> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
