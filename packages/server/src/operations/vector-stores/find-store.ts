import type { StoreViewer } from '../../database/records/vector-stores.ts'
import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { isExpiredStore, type VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'

/** Returns the caller as the access rules of stores see it. */
export function viewerOf(caller: Caller): StoreViewer {
  const { organizationId, actor, scopes } = caller
  return {
    organizationId,
    actorId: actorIdOf(caller),
    seesAll: actor.kind === 'operator' || scopes.includes('admin'),
  }
}

/** Returns a store that the caller may see. Throws VECTOR_STORE_NOT_FOUND. */
export async function findStore(
  { database }: Pick<Context, 'database'>,
  caller: Caller,
  storeId: string,
): Promise<VectorStore> {
  const store = await database.vectorStores.find(viewerOf(caller), storeId)
  if (store === null) throw storeNotFound()
  return store
}

/** Returns a store that can be changed and searched. Throws VECTOR_STORE_NOT_FOUND and VECTOR_STORE_EXPIRED. */
export async function findActiveStore(
  context: Pick<Context, 'database' | 'now'>,
  caller: Caller,
  storeId: string,
): Promise<VectorStore> {
  const store = await findStore(context, caller, storeId)
  if (!isExpiredStore(store, context.now())) return store
  throw new ServiceError('VECTOR_STORE_EXPIRED', 'the vector store has expired; create another one')
}

export function storeNotFound(): ServiceError {
  return new ServiceError('VECTOR_STORE_NOT_FOUND', 'there is no such vector store')
}

export function fileNotInStore(): ServiceError {
  return new ServiceError('FILE_NOT_IN_STORE', 'the file is not in this vector store')
}

export function batchNotFound(): ServiceError {
  return new ServiceError('FILE_BATCH_NOT_FOUND', 'there is no such file batch in this vector store')
}
