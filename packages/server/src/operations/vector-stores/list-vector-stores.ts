import type { Page } from '../../database/records/page.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { AccessMode, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { CursorInput } from './cursor.ts'

export interface VectorStoreListInput extends CursorInput {
  /** Case-insensitive part of the name or description; null for all stores. */
  readonly search: string | null
  readonly accessMode: AccessMode | null
  readonly sort: 'createdAt' | 'updatedAt' | 'name' | 'dataBytes' | 'fileCount'
}

/** Lists the stores that the caller may see. Throws VALIDATION_ERROR for an unknown cursor. */
export const listVectorStores = defineOperation(
  { action: 'listVectorStores', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: VectorStoreListInput,
  ): Promise<Page<VectorStore>> => {
    throw new Error(`not built yet: ${context.now()} ${caller.organizationId} ${JSON.stringify(input)}`)
  },
)
