import type { Caller } from '../../domain/access/caller.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { Context } from '../context.ts'
import { batchNotFound, findStore, viewerOf } from './find-store.ts'

export interface BatchPlace {
  readonly storeId: string
  readonly batchId: string
}

/** Throws VECTOR_STORE_NOT_FOUND, FILE_BATCH_NOT_FOUND. */
export async function findBatch(
  context: Pick<Context, 'database'>,
  caller: Caller,
  { storeId, batchId }: BatchPlace,
): Promise<FileBatch> {
  await findStore(context, caller, storeId)
  const batch = await context.database.vectorStores.findBatch(viewerOf(caller), storeId, batchId)
  if (batch === null) throw batchNotFound()
  return batch
}
