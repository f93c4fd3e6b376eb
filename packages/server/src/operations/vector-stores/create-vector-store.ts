import { actorIdOf, type Caller, checkScope } from '../../domain/access/caller.ts'
import { createId } from '../../domain/ids.ts'
import { checkAccess, type StoreAccess } from '../../domain/vector-stores/store-access.ts'
import type { Metadata, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type NewStoreFile, toFileToAdd } from './add-store-file.ts'
import { checkUsers } from './check-users.ts'
import { viewerOf } from './find-store.ts'
import { waitForIndexing } from './wait-for-indexing.ts'

export interface NewVectorStore {
  readonly name: string
  readonly description: string | null
  readonly access: StoreAccess
  readonly metadata: Metadata
  readonly expiresAfterDays: number | null
  /** At most 500. */
  readonly files: readonly NewStoreFile[]
  /** Longest wait for the indexing of the files; 0 does not wait. */
  readonly waitMs: number
}

/** Creates a store with files. Files that do not exist become failed entries. Waits up to `waitMs` for their indexing.
 * Throws VALIDATION_ERROR. */
export const createVectorStore = defineOperation(
  {
    action: 'createVectorStore',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: (_, store) => store?.id ?? null,
  },
  async (
    context: Pick<Context, 'database' | 'knowledge' | 'now'>,
    caller: Caller,
    input: NewVectorStore,
  ): Promise<VectorStore> => {
    const { files, waitMs, access, ...facts } = input
    if (files.length > 0) checkScope(caller, 'files:read')
    const { database, knowledge, now } = context
    const checked = checkAccess(access)
    await checkUsers(context, caller, checked.accessUsers)
    const viewer = viewerOf(caller)
    const record = { ...facts, ...checked, id: createId('vs'), createdBy: actorIdOf(caller) ?? 'operator' }
    const store = await database.vectorStores.create(viewer, record, files.map(toFileToAdd), now())
    if (files.length === 0) return store
    knowledge.wakeQueue()
    const latest = async () => (await database.vectorStores.find(viewer, store.id)) ?? store
    await waitForIndexing(context, waitMs, async () => (await latest()).counts.inProgress === 0)
    return latest()
  },
)
