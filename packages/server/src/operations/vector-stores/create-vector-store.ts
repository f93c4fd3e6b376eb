import type { Caller } from '../../domain/access/caller.ts'
import type { AccessMode, Metadata, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { NewStoreFile } from './add-store-file.ts'

export interface NewVectorStore {
  readonly name: string
  readonly description: string | null
  readonly accessMode: AccessMode
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
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: NewVectorStore,
  ): Promise<VectorStore> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
