import type { Page } from '../../database/records/page.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { BatchPlace } from './batch-place.ts'
import type { CursorInput } from './cursor.ts'

export interface BatchFileListInput extends CursorInput, BatchPlace {
  /** Empty for all statuses. */
  readonly statuses: readonly StoreFileStatus[]
}

/** Lists the files of a batch. Throws VECTOR_STORE_NOT_FOUND, FILE_BATCH_NOT_FOUND. */
export const listBatchFiles = defineOperation(
  { action: 'listBatchFiles', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: BatchFileListInput,
  ): Promise<Page<StoreFile>> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
