import { type Caller, checkScope, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { createId } from '../../domain/ids.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type NewStoreFile, toFileToAdd } from './add-store-file.ts'
import { findBatch } from './batch-place.ts'
import { findActiveStore, viewerOf } from './find-store.ts'
import { waitForIndexing } from './wait-for-indexing.ts'

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
    context: Pick<Context, 'database' | 'knowledge' | 'now'>,
    caller: Caller,
    input: NewFileBatch,
  ): Promise<FileBatch> => {
    checkScope(caller, 'files:read')
    const { database, knowledge, now } = context
    const { storeId, files, waitMs } = input
    const viewer = viewerOf(caller)
    await findActiveStore(context, caller, storeId)
    const batchId = createId('vsfb')
    await database.vectorStores.addFiles(viewer, {
      storeId,
      files: files.map(toFileToAdd),
      addedByApiKeyId: keyIdOf(caller),
      addedBy: userIdOf(caller),
      batchId,
      nowMs: now(),
    })
    knowledge.wakeQueue()
    const latest = () => findBatch(context, caller, { storeId, batchId })
    await waitForIndexing(context, waitMs, async () => (await latest()).counts.inProgress === 0)
    return latest()
  },
)
