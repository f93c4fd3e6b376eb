import type { Caller } from '../../domain/access/caller.ts'
import { changedAccess, checkAccess, type StoreAccess } from '../../domain/vector-stores/store-access.ts'
import type { Metadata, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkUsers } from './check-users.ts'
import { findActiveStore, storeNotFound, viewerOf } from './find-store.ts'

export interface VectorStoreChanges {
  readonly storeId: string
  readonly name?: string
  readonly description?: string | null
  readonly access?: Partial<StoreAccess>
  readonly metadata?: Metadata
  readonly expiresAfterDays?: number | null
  /** Makes a request that changes nothing an activity of the store. */
  readonly isActivity?: boolean
}

/** Changes a store; absent fields keep their value. A change counts as activity. Throws VECTOR_STORE_NOT_FOUND,
 * VECTOR_STORE_EXPIRED, VALIDATION_ERROR. */
export const updateVectorStore = defineOperation(
  {
    action: 'updateVectorStore',
    kind: 'change',
    scope: 'vector_stores:write',
    targetOf: ({ storeId }) => storeId,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: VectorStoreChanges,
  ): Promise<VectorStore> => {
    const { storeId, access, isActivity = false, ...facts } = input
    const present = await findActiveStore(context, caller, storeId)
    const change: Partial<StoreAccess> =
      access === undefined ? {} : checkAccess(changedAccess(present, access))
    await checkUsers(context, caller, change.accessUsers ?? [])
    const { database, now } = context
    const changes = { ...facts, ...change }
    if (Object.keys(changes).length === 0 && !isActivity) return present
    const store = await database.vectorStores.update(viewerOf(caller), storeId, changes, now())
    if (store === null) throw storeNotFound()
    return store
  },
)
