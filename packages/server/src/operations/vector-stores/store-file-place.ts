import type { Caller } from '../../domain/access/caller.ts'
import type { StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'
import { fileNotInStore, findStore, viewerOf } from './find-store.ts'

/** File of a store, by the id of the File (`file_…`) or of the association (`vsf_…`). */
export interface StoreFilePlace {
  readonly storeId: string
  readonly fileId: string
}

/** Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export async function findStoreFile(
  context: Pick<Context, 'database'>,
  caller: Caller,
  { storeId, fileId }: StoreFilePlace,
): Promise<StoreFile> {
  await findStore(context, caller, storeId)
  const file = await context.database.vectorStores.findFile(viewerOf(caller), storeId, fileId)
  if (file === null) throw fileNotInStore()
  return file
}
