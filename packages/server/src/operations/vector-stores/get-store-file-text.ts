import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { StoreFilePlace } from './store-file-place.ts'

export interface StoreFileTextInput extends StoreFilePlace {
  /** Number of texts to skip. */
  readonly skip: number
}

export interface StoreFileText {
  /** Texts in order, a page or section each, at most 16 MiB together; joined they are the document. */
  readonly texts: readonly string[]
  readonly hasMore: boolean
}

/** Returns the extracted text of a file of a store without overlaps; no texts while it was never completed. Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE. */
export const getStoreFileText = defineOperation(
  { action: 'getStoreFileText', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: StoreFileTextInput,
  ): Promise<StoreFileText> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
