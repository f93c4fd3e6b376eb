import type { Page } from '../../database/records/page.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { CursorInput } from './cursor.ts'

export interface StoreFileListInput extends CursorInput {
  readonly storeId: string
  /** Empty for all statuses. */
  readonly statuses: readonly StoreFileStatus[]
}

/** Lists the files of a store, newest first unless `order` is `asc`. Throws VECTOR_STORE_NOT_FOUND, VALIDATION_ERROR. */
export const listStoreFiles = defineOperation(
  { action: 'listStoreFiles', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: StoreFileListInput,
  ): Promise<Page<StoreFile>> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
