import type { FileToAdd } from '../../database/records/vector-stores.ts'
import { type Caller, checkScope, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { createId } from '../../domain/ids.ts'
import type { Attributes, ChunkingStrategy, StoreFile } from '../../domain/vector-stores/store-file.ts'
import { isInProgress } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from '../files/get-file.ts'
import { findActiveStore, storeNotFound, viewerOf } from './find-store.ts'
import { waitForIndexing } from './wait-for-indexing.ts'

export interface NewStoreFile {
  readonly fileId: string
  /** Attributes to set; null keeps those of an earlier association, and a new one has none. */
  readonly attributes: Attributes | null
  /** Strategy to set; null keeps that of an earlier association, and a new one has `auto`. */
  readonly chunking: ChunkingStrategy | null
}

export interface AddStoreFileInput extends NewStoreFile {
  readonly storeId: string
  /** Longest wait for the indexing; 0 does not wait. */
  readonly waitMs: number
}

/** Adds a File to a store. Adding it again returns the association as it is; new attributes replace the earlier ones; a new
 * chunking strategy, or an earlier failure, indexes it again. Throws VECTOR_STORE_NOT_FOUND, VECTOR_STORE_EXPIRED,
 * FILE_NOT_FOUND, VALIDATION_ERROR, INSUFFICIENT_PERMISSIONS without `files:read`. */
export const addStoreFile = defineOperation(
  {
    action: 'addStoreFile',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId, fileId }) => `${storeId} ${fileId}`,
  },
  async (
    context: Pick<Context, 'database' | 'knowledge' | 'now'>,
    caller: Caller,
    input: AddStoreFileInput,
  ): Promise<StoreFile> => {
    checkScope(caller, 'files:read')
    const { database, knowledge, now } = context
    const { storeId, fileId, waitMs } = input
    const viewer = viewerOf(caller)
    await findActiveStore(context, caller, storeId)
    await findFile(context, caller.organizationId, fileId)
    const [added] = await database.vectorStores.addFiles(viewer, {
      storeId,
      files: [toFileToAdd(input)],
      addedByApiKeyId: keyIdOf(caller),
      addedBy: userIdOf(caller),
      batchId: null,
      nowMs: now(),
    })
    if (added === undefined) throw storeNotFound()
    if (!isInProgress(added)) return added
    knowledge.wakeQueue()
    const latest = async () => (await database.vectorStores.findFile(viewer, storeId, added.id)) ?? added
    await waitForIndexing(context, waitMs, async () => !isInProgress(await latest()))
    return latest()
  },
)

/** Returns the record of a file to add, with an id for its association. */
export function toFileToAdd({ fileId, attributes, chunking }: NewStoreFile): FileToAdd {
  return { id: createId('vsf'), fileId, attributes, chunking }
}
