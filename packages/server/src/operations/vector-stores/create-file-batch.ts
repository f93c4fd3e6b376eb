import type { Caller } from '../../domain/access/caller.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { NewStoreFile } from './add-store-file.ts'

export interface NewFileBatch {
  readonly storeId: string
  readonly files: readonly NewStoreFile[]
  readonly waitMs: number
}

/** Adds up to 2,000 files to a store as a batch; ids that occur again count once, and files that do not exist become failed
 * entries. Throws VECTOR_STORE_NOT_FOUND, VECTOR_STORE_EXPIRED, VALIDATION_ERROR. */
export const createFileBatch = defineOperation(
  {
    action: 'createFileBatch',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: (_, batch) => batch?.id ?? null,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: NewFileBatch,
  ): Promise<FileBatch> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
