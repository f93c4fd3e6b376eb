import type { Caller } from '../../domain/access/caller.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type BatchPlace, findBatch } from './batch-place.ts'

/** Returns a batch. Throws VECTOR_STORE_NOT_FOUND, FILE_BATCH_NOT_FOUND. */
export const getFileBatch = defineOperation(
  { action: 'getFileBatch', kind: 'read', scope: 'vector_stores:read' },
  async (context: Pick<Context, 'database'>, caller: Caller, place: BatchPlace): Promise<FileBatch> => {
    return findBatch(context, caller, place)
  },
)
